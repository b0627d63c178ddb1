package io.atlas.app;

import java.time.Duration;

/**
 * How a gateway stops: first it only says so, then it takes no more connections, and at last it ends what is left.
 *
 * @param notice how long it still takes requests after it has said that it is not ready, so that whoever sends it some
 *     can hear of it
 * @param grace how long what is open may take to come to its end
 */
public record Drain(Duration notice, Duration grace) {
    /** For a gateway behind others, which are asked every few seconds whether they are ready. */
    public static final Drain SERVING = new Drain(Duration.ofSeconds(5), Duration.ofMinutes(10));

    /** For a gateway that nobody waits for. */
    public static final Drain AT_ONCE = new Drain(Duration.ZERO, Duration.ofSeconds(30));
}
