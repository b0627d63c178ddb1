package io.atlas.model;

import java.time.Duration;
import java.util.Optional;

/**
 * When a backend counts as unhealthy, and how it is found well again.
 *
 * @param mostFailures in a row that keep requests from a deployment on it
 * @param longestRest for how long at most its {@code Retry-After} is honoured; none where it is zero
 * @param path what is asked to look after it; the usual one of its type where it is absent
 * @param interval between two looks
 */
public record Health(
        int mostFailures, Duration longestRest, Optional<String> path, Duration interval, Attention attention) {
    /** What holds where a backend says nothing. */
    public static final Health DEFAULT =
            new Health(5, Duration.ofSeconds(60), Optional.empty(), Duration.ofSeconds(5), Attention.UNHEALTHY);

    /** When it is looked after. */
    public enum Attention {
        /** While requests are kept from one of its deployments. */
        UNHEALTHY,
        /** At all times, so that it is known to be dead before a request finds out. */
        ALWAYS,
        /** Never: a request has to find out. */
        NEVER
    }
}
