package io.atlas.bench.load;

import java.time.Duration;

/**
 * One stretch of load.
 *
 * @param connections how many ask at the same time, each on a connection of its own
 * @param pace when each of them asks
 */
public record Plan(Target target, Shape shape, int connections, Pace pace, Duration duration) {
    /** When a connection asks. */
    public sealed interface Pace {
        /** Again as soon as it has its answer. */
        record Closed() implements Pace {}

        /** At fixed moments, whether answers are late or not; an answer's time counts from the moment it was due. */
        record Open(long intervalNanos) implements Pace {}
    }

    /** As much load as the connections can make. */
    public static Plan saturating(Target target, Shape shape, int connections, Duration duration) {
        return new Plan(target, shape, connections, new Pace.Closed(), duration);
    }

    /** That many requests a second, spread evenly over the connections. */
    public static Plan paced(Target target, Shape shape, int connections, double perSecond, Duration duration) {
        long intervalNanos = Math.max(1, Math.round(connections * 1e9 / perSecond));
        return new Plan(target, shape, connections, new Pace.Open(intervalNanos), duration);
    }
}
