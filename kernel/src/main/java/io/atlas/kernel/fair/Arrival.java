package io.atlas.kernel.fair;

import io.atlas.kernel.unit.Check;

/**
 * A request that comes to the queue.
 *
 * @param inputTokens about how many there are
 * @param maxOutputTokens no more will be written
 * @param bytes what it takes in memory while it waits
 * @param deadlineMicros when waiting is of no more use, by the clock that the queue is asked with
 */
public record Arrival(Flow flow, long inputTokens, long maxOutputTokens, long bytes, long deadlineMicros) {
    /** More than any request has. */
    private static final long MAX = 1L << 40;

    /**
     * A token that is written takes a model about twice the time of one that is read: the default of VTC ("Fairness in
     * Serving Large Language Models", Sheng et al., OSDI 2024). This is a measure of work, not of money.
     */
    private static final long COST_OF_OUTPUT_TOKEN = 2;

    public Arrival {
        Check.within(0, inputTokens, MAX, "inputTokens");
        Check.within(0, maxOutputTokens, MAX, "maxOutputTokens");
        Check.within(0, bytes, MAX, "bytes");
    }

    /** The work of a request that read and wrote so many tokens. */
    static long cost(long inputTokens, long outputTokens) {
        return inputTokens + COST_OF_OUTPUT_TOKEN * outputTokens;
    }

    /** The work that it is if it writes so many tokens. */
    long costOf(long outputTokens) {
        return cost(inputTokens, outputTokens);
    }

    /** The most work that it can be. */
    long maxCost() {
        return costOf(maxOutputTokens);
    }
}
