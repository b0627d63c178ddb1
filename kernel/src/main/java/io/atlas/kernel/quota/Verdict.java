package io.atlas.kernel.quota;

import io.atlas.kernel.reason.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The answer to a demand on all limits of a path at once. */
public sealed interface Verdict {
    /** Everything fits and is held. */
    record Granted(Reservation reservation) implements Verdict {}

    /**
     * At least one limit refused, and nothing was written.
     *
     * @param reason that of the first shortfall
     * @param shortfalls every limit that refused, in the order never fits, budget, period, rate, concurrency
     * @param waitMicros the time until the demand fits all its limits if nothing else is charged; the longest of all
     */
    record Refused(Reason reason, List<Shortfall> shortfalls, long waitMicros) implements Verdict {
        /** This one, and what limits elsewhere on the path refuse. */
        public Refused and(Refused other) {
            List<Shortfall> both = new ArrayList<>(shortfalls);
            both.addAll(other.shortfalls);
            both.sort(Comparator.comparing(Shortfall::reason));
            return new Refused(both.getFirst().reason(), List.copyOf(both), Math.max(waitMicros, other.waitMicros));
        }
    }

    /** One limit that refused, and how full it was. */
    record Shortfall(Limit limit, Level level, long requested, Reason reason, long waitMicros) {}
}
