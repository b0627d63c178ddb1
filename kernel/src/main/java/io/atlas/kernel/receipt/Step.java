package io.atlas.kernel.receipt;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.unit.Usage;
import java.util.List;
import java.util.Optional;

/** One step on a request's way. Every step says when it was done, in microseconds after the request was read. */
public sealed interface Step {
    /** When it was done. */
    long afterMicros();

    /** The sizes that were reserved for, and how the input was found: {@code bytes} or {@code counted}. */
    record Estimated(long afterMicros, long inputTokens, long outputTokens, String method) implements Step {}

    /** It is to be served by another model than the one that was asked for. */
    record Downgraded(long afterMicros, String from, String to, Cause cause) implements Step {}

    /** The oldest turns of its conversation are left out, so many tokens of the asked model. */
    record Trimmed(long afterMicros, long tokens, Cause cause) implements Step {}

    /** Its answer is to be shorter than it was asked; in tokens of one choice. */
    record Clamped(long afterMicros, long fromTokens, long toTokens, Cause cause) implements Step {}

    /** Every limit of the path, as it stood before, and what was taken of it. */
    record Reserved(long afterMicros, List<LimitLine> limits) implements Step {
        public Reserved {
            limits = List.copyOf(limits);
        }
    }

    /** The limits that refused, as they stood; or none, where something else did. */
    record Refused(long afterMicros, Reason reason, List<LimitLine> limits) implements Step {
        public Refused {
            limits = List.copyOf(limits);
        }
    }

    /** The time in the queue before a backend. */
    record Queued(long afterMicros, String backend, long waitedMicros) implements Step {}

    /** One try at a backend; {@code status} is its HTTP status, 0 where there was none. */
    record Attempted(long afterMicros, String deployment, int status, String ended) implements Step {}

    /** Limits of its tier are used up, and it counts on those given for that case instead; by their sorts. */
    record StoodIn(long afterMicros, List<String> instead) implements Step {
        public StoodIn {
            instead = List.copyOf(instead);
        }
    }

    /** The sorts of the limits that a request with these steps does not count on, since others stand in for them. */
    static List<String> instead(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof StoodIn stoodIn) {
                return stoodIn.instead;
            }
        }
        return List.of();
    }

    /** What the same usage would have cost more without a move of the ladder, by its word. */
    record Saved(long afterMicros, String by, long nanoUsd) implements Step {}

    /** What was charged in the end. */
    record Settled(long afterMicros, Usage usage, long nanoUsd) implements Step {}

    /** Why less was to be spent: what was left of a limit, and below what saving begins; in the unit of its kind. */
    record Cause(String limit, long remaining, long lowWater) {}

    /**
     * A limit in a step.
     *
     * @param taken what this request reserved of it, or asked of it in vain
     * @param reason why it refused, if it did
     */
    record LimitLine(String id, long amount, long usedBefore, long heldBefore, long taken, Optional<Reason> reason) {}
}
