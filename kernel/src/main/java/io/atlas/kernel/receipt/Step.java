package io.atlas.kernel.receipt;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.unit.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

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

    /** The limits in shadow that would have refused what was reserved, as they stood, and why. */
    record Shadowed(long afterMicros, List<Unenforced> limits) implements Step {
        public Shadowed {
            limits = List.copyOf(limits);
        }
    }

    /**
     * One limit in shadow that would have refused.
     *
     * @param sort what kind of limit it is, whosever it is: {@code tokens/day@large}
     */
    record Unenforced(LimitLine limit, String sort) {}

    /** The limits that refused, as they stood; or none, where something else did. */
    record Refused(long afterMicros, Reason reason, List<LimitLine> limits) implements Step {
        public Refused {
            limits = List.copyOf(limits);
        }
    }

    /**
     * At the queue before a backend that could take no more.
     *
     * @param place which of its team's requests in the queue it was, counted from 1; 0 where it was not let in
     * @param foretoldMicros how long it was thought to have to wait, where enough was known to say so
     * @param heldFor what the backend had too little of, by one word of {@code requests}, {@code kv_tokens} and
     *     {@code prefill_tokens}
     * @param order of a backend that several nodes share, who said whose turn it was when it ended: {@code ordered}, all of
     *     them together; {@code leased}, this node for its part of the places, as nobody waited elsewhere; {@code local},
     *     this node alone, as the others could not be asked; {@code unheard}, nobody yet
     */
    record Queued(
            long afterMicros,
            String backend,
            long waitedMicros,
            int place,
            OptionalLong foretoldMicros,
            Optional<String> heldFor,
            Optional<String> order,
            End end)
            implements Step {
        /** How waiting ended. */
        public enum End {
            /** It got a place. */
            CALLED,
            /** It was taken back, by its caller or because the gateway stops. */
            LEFT,
            /** The queue was full. */
            FULL,
            /** It had to make room for somebody with less in the queue. */
            DISPLACED,
            /** It would have had to wait too long, and did not. */
            TOO_LONG,
            /** It waited too long. */
            TOO_LATE;

            /** As answers write it: {@code too_late}. */
            public String word() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /** The deployments of its model as they stood when one of them was to be chosen. */
    record Considered(long afterMicros, List<Candidate> candidates) implements Step {
        public Considered {
            candidates = List.copyOf(candidates);
        }
    }

    /** No deployment of the one model is healthy, and the other, which it names for that, is to serve. */
    record FellBack(long afterMicros, String from, String to) implements Step {}

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

    /** What would have helped a request that is not served. */
    record Advised(long afterMicros, List<Remedy> remedies) implements Step {
        public Advised {
            remedies = List.copyOf(remedies);
        }
    }

    /** What would have helped a request with these steps; nothing where none of them says so. */
    static List<Remedy> remedies(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Advised advised) {
                return advised.remedies;
            }
        }
        return List.of();
    }

    /** What was charged in the end. */
    record Settled(long afterMicros, Usage usage, long nanoUsd) implements Step {}

    /** Why less was to be spent: what was left of a limit, and below what saving begins; in the unit of its kind. */
    record Cause(String limit, long remaining, long lowWater) {}

    /**
     * A deployment in a step. Its tenant reads this, so it does not say what the deployment costs us.
     *
     * @param standing what became of it, in one word: {@code chosen}, {@code dearer}
     */
    record Candidate(String deployment, String standing) {}

    /**
     * A limit in a step.
     *
     * @param amount the most that it can take at once: of one with a burst that; of one that follows the load what it lets
     *     through in its period at that moment
     * @param taken what this request reserved of it, or asked of it in vain
     * @param reason why it refused, if it did
     */
    record LimitLine(String id, long amount, long usedBefore, long heldBefore, long taken, Optional<Reason> reason) {}
}
