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

    /** The answer to that request was given again, and charged to nobody: while it was given, or afterwards. */
    record Replayed(long afterMicros, String decision, Again how) implements Step {}

    /** When an answer was given again. */
    enum Again {
        /** While it was given for the first time. */
        JOINED,
        /** Afterwards. */
        REPLAYED
    }

    /** What was charged in the end. */
    record Settled(long afterMicros, Usage usage, long nanoUsd) implements Step {}

    /**
     * A limit in a step.
     *
     * @param taken what this request reserved of it, or asked of it in vain
     * @param reason why it refused, if it did
     */
    record LimitLine(String id, long amount, long usedBefore, long heldBefore, long taken, Optional<Reason> reason) {}
}
