package io.atlas.bench.load;

import java.time.Duration;

/**
 * One stretch of load.
 *
 * @param connections how many ask at the same time, each on a connection of its own
 * @param pace when each of them asks
 */
public record Plan(Target target, Asking asking, int connections, Pace pace, Duration duration) {
    /** How long the last answers may take once the time is up. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** When a connection asks. */
    public sealed interface Pace {
        /** Again as soon as it has its answer. */
        record Closed() implements Pace {}

        /** At fixed moments, whether answers are late or not; an answer's time counts from the moment it was due. */
        record Open(long intervalNanos) implements Pace {}

        /**
         * Once, as soon as it is open; the connections are opened one after the other over the plan's duration.
         *
         * @param patience how long an answer may take
         */
        record Once(Duration patience) implements Pace {}
    }

    /** As much load as the connections can make. */
    public static Plan saturating(Target target, Asking asking, int connections, Duration duration) {
        return new Plan(target, asking, connections, new Pace.Closed(), duration);
    }

    /** That many requests a second, spread evenly over the connections. */
    public static Plan paced(Target target, Asking asking, int connections, double perSecond, Duration duration) {
        long intervalNanos = Math.max(1, Math.round(connections * 1e9 / perSecond));
        return new Plan(target, asking, connections, new Pace.Open(intervalNanos), duration);
    }

    /** One request on each of the connections, which are opened over that time. */
    public static Plan once(Target target, Asking asking, int connections, Duration opening, Duration patience) {
        return new Plan(target, asking, connections, new Pace.Once(patience), opening);
    }

    /** From one request of a connection to its next; 0 to ask again at once. */
    long intervalNanos() {
        return switch (pace) {
            case Pace.Closed _ -> 0;
            case Pace.Open open -> open.intervalNanos();
            case Pace.Once _ -> duration.toNanos();
        };
    }

    /** How long the last answers may take once the time is up. */
    Duration grace() {
        return switch (pace) {
            case Pace.Closed _, Pace.Open _ -> GRACE;
            case Pace.Once once -> once.patience();
        };
    }
}
