package io.atlas.answer;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.reason.Reason;

/** What a refused caller can do. Each is true: followed, the request passes. */
public sealed interface Remedy {
    /** What helps against a fault that no limit has a part in. */
    static Remedy of(Fault fault) {
        return switch (fault.reason().blame()) {
            case CALLER -> new FixRequest(fault.param().orElseGet(() -> part(fault.reason())));
            case LIMIT, CAPACITY, UPSTREAM, US -> new AskOwner();
        };
    }

    private static String part(Reason reason) {
        if (reason == Reason.UNSUPPORTED_MEDIA_TYPE) {
            return "content-type";
        }
        return reason == Reason.MODEL_NOT_FOUND ? "model" : "body";
    }

    /** Try again at that moment. */
    record Wait(long retryAfterMillis, long atMicros) implements Remedy {}

    /** Ask for at most so many output tokens. */
    record ReduceMaxTokens(long maxTokens) implements Remedy {}

    /** Ask another model. */
    record UseModel(String model) implements Remedy {}

    /** Be on that tier, the lowest on which this request passes now. */
    record UpgradeTier(String tier) implements Remedy {}

    /** Nothing that the caller can do alone. */
    record AskOwner() implements Remedy {}

    /** Mend the request. */
    record FixRequest(String param) implements Remedy {}
}
