package io.atlas.ledger;

import io.atlas.kernel.receipt.Reach;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import java.util.Optional;

/**
 * A line as it is carried on: what sums are made of, and the receipt.
 *
 * @param line its number on its node
 * @param id of the request, which no other request of any node has
 * @param atMicros when the request was read, in epoch microseconds
 * @param json the receipt in the shape of the contract
 */
public record Entry(
        long line, String id, long atMicros, Caller caller, Terms terms, End end, Amounts amounts, String json) {
    /**
     * On what terms it was served, or would have been; a backend and a price may be empty.
     *
     * @param instead the sorts of the limits of its tier that it does not count on, as {@link Sorts} writes them
     * @param tags what it was for, as one text
     */
    public record Terms(
            String model, String backend, String price, String configuration, String instead, String tags) {}

    /**
     * How it ended.
     *
     * @param charged whether it counts on limits
     */
    public record End(long durationMicros, String outcome, Optional<String> reason, Reach reach, boolean charged) {}

    /** What was used, how that is known, what is charged for it, in credits too, what it cost us, and what a refused one would have cost. */
    public record Amounts(
            Usage usage,
            String source,
            long costNanoUsd,
            long credits,
            long providerCostNanoUsd,
            long refusedNanoUsd) {}
}
