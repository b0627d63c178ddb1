package io.atlas.kernel.price;

import io.atlas.kernel.unit.Check;
import io.atlas.kernel.unit.Usage;

/** What one token costs, in pico-USD: a price of 1 USD per million tokens is 1,000,000. */
public record Price(long inputPicoUsd, long cachedInputPicoUsd, long outputPicoUsd) {
    /** For what costs nothing. */
    public static final Price FREE = new Price(0, 0, 0);

    /** A thousand dollars per million tokens: with {@link Usage#MAX_TOKENS} no sum can overflow unseen. */
    public static final long MAX_PICO_USD = 1_000_000_000L;

    private static final long PICO_PER_NANO = 1_000;

    public Price {
        Check.within(0, inputPicoUsd, MAX_PICO_USD, "inputPicoUsd");
        Check.within(0, cachedInputPicoUsd, MAX_PICO_USD, "cachedInputPicoUsd");
        Check.within(0, outputPicoUsd, MAX_PICO_USD, "outputPicoUsd");
    }

    /** The cost of an answer in nano-USD, rounded up once. */
    public long nanoUsd(Usage usage) {
        long fresh = Math.multiplyExact(usage.inputTokens() - usage.cachedInputTokens(), inputPicoUsd);
        long cached = Math.multiplyExact(usage.cachedInputTokens(), cachedInputPicoUsd);
        long output = Math.multiplyExact(usage.outputTokens(), outputPicoUsd);
        return Math.ceilDiv(Math.addExact(Math.addExact(fresh, cached), output), PICO_PER_NANO);
    }

    /**
     * The most that so many tokens can cost: no input is taken to be cached, even where caching were dearer than not.
     */
    public long ceilingNanoUsd(long inputTokens, long outputTokens) {
        long input = Math.multiplyExact(inputTokens, Math.max(inputPicoUsd, cachedInputPicoUsd));
        long output = Math.multiplyExact(outputTokens, outputPicoUsd);
        return Math.ceilDiv(Math.addExact(input, output), PICO_PER_NANO);
    }

    /** The most output tokens that the sum pays for beside that input; negative where it does not pay for the input. */
    public long affordableOutputTokens(long nanoUsd, long inputTokens) {
        long left = Math.multiplyExact(nanoUsd, PICO_PER_NANO)
                - Math.multiplyExact(inputTokens, Math.max(inputPicoUsd, cachedInputPicoUsd));
        if (left < 0) {
            return -1;
        }
        return outputPicoUsd == 0 ? Usage.MAX_TOKENS : left / outputPicoUsd;
    }
}
