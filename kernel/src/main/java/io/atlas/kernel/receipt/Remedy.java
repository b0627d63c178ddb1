package io.atlas.kernel.receipt;

/** What somebody can do whose request was not served. Each is true: followed, the request passes. */
public sealed interface Remedy {
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
