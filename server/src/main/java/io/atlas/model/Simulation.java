package io.atlas.model;

import java.time.Duration;

/**
 * How a simulated model server behaves. Shares are of a thousand requests; which ones is decided by the seed and the
 * request, so that the same requests meet the same fate.
 *
 * @param ttft time to the first token of an idle server
 * @param tokensPerSecond of one answer
 * @param slots answers at once; more wait in its own queue
 * @param queue how many may wait there; one more is a 503
 * @param errorPerMille requests answered by 500
 * @param throttlePerMille requests answered by 429 with {@code Retry-After}
 * @param stallPerMille streams that fall silent in the middle
 * @param cutPerMille streams that break off in the middle
 * @param cachedPerMille share of the input that counts as cached
 * @param reasoningPerMille share of the output that is reasoning, which is counted but not shown
 */
public record Simulation(
        long seed,
        Duration ttft,
        int tokensPerSecond,
        int slots,
        int queue,
        int errorPerMille,
        int throttlePerMille,
        int stallPerMille,
        int cutPerMille,
        int cachedPerMille,
        int reasoningPerMille) {
    /** A small GPU in good health. */
    public static final Simulation DEFAULT = new Simulation(1, Duration.ofMillis(50), 80, 8, 1_000, 0, 0, 0, 0, 0, 0);
}
