package io.atlas.kernel.price;

import io.atlas.kernel.unit.Check;
import io.atlas.kernel.unit.Usage;

/**
 * What one token costs, in pico-USD: a price of 1 USD per million tokens is 1,000,000. It is also how much a token weighs
 * in credits, so that whoever holds a price to the end of a request weighs it as it was weighed at its start.
 *
 * @param creditPicoUsd what one credit stands for: the price of an input token of the reference model; 0 where there is none
 */
public record Price(long inputPicoUsd, long cachedInputPicoUsd, long outputPicoUsd, long creditPicoUsd) {
    /** For what costs nothing. */
    public static final Price FREE = new Price(0, 0, 0);

    /** A thousand dollars per million tokens: with {@link Usage#MAX_TOKENS} no sum can overflow unseen. */
    public static final long MAX_PICO_USD = 1_000_000_000L;

    /** A nano-dollar. A credit is never less, so that no request takes more credits than nano-dollars. */
    public static final long MIN_CREDIT_PICO_USD = 1_000;

    private static final long PICO_PER_NANO = 1_000;

    public Price {
        Check.within(0, inputPicoUsd, MAX_PICO_USD, "inputPicoUsd");
        Check.within(0, cachedInputPicoUsd, MAX_PICO_USD, "cachedInputPicoUsd");
        Check.within(0, outputPicoUsd, MAX_PICO_USD, "outputPicoUsd");
        Check.within(creditPicoUsd == 0 ? 0 : MIN_CREDIT_PICO_USD, creditPicoUsd, MAX_PICO_USD, "creditPicoUsd");
    }

    /** Where nothing is counted in credits. */
    public Price(long inputPicoUsd, long cachedInputPicoUsd, long outputPicoUsd) {
        this(inputPicoUsd, cachedInputPicoUsd, outputPicoUsd, 0);
    }

    /** The same, weighed by a reference whose input token has that price. */
    public Price weighedBy(long creditPicoUsd) {
        return new Price(inputPicoUsd, cachedInputPicoUsd, outputPicoUsd, creditPicoUsd);
    }

    /** The cost of an answer in nano-USD, rounded up once. */
    public long nanoUsd(Usage usage) {
        return Math.ceilDiv(picoUsd(usage), PICO_PER_NANO);
    }

    /** What an answer takes in credits, rounded up once; 0 where nothing is counted in them. */
    public long credits(Usage usage) {
        return credits(picoUsd(usage));
    }

    /**
     * The most that so many tokens can cost: no input is taken to be cached, even where caching were dearer than not.
     */
    public long ceilingNanoUsd(long inputTokens, long outputTokens) {
        return Math.ceilDiv(ceilingPicoUsd(inputTokens, outputTokens), PICO_PER_NANO);
    }

    /** The same in credits. */
    public long ceilingCredits(long inputTokens, long outputTokens) {
        return credits(ceilingPicoUsd(inputTokens, outputTokens));
    }

    /** The most output tokens that the sum pays for beside that input; negative where it does not pay for the input. */
    public long affordableOutputTokens(long nanoUsd, long inputTokens) {
        return outputTokensOf(Math.multiplyExact(nanoUsd, PICO_PER_NANO), inputTokens);
    }

    /** The same of so many credits. */
    public long outputTokensOfCredits(long credits, long inputTokens) {
        if (creditPicoUsd == 0) {
            return Usage.MAX_TOKENS;
        }
        boolean tooManyToMultiply = credits > Long.MAX_VALUE / creditPicoUsd;
        return outputTokensOf(tooManyToMultiply ? Long.MAX_VALUE : Math.max(-1, credits) * creditPicoUsd, inputTokens);
    }

    private long outputTokensOf(long picoUsd, long inputTokens) {
        long left = picoUsd - ceilingPicoUsd(inputTokens, 0);
        if (left < 0) {
            return -1;
        }
        return outputPicoUsd == 0 ? Usage.MAX_TOKENS : left / outputPicoUsd;
    }

    private long credits(long picoUsd) {
        return creditPicoUsd == 0 ? 0 : Math.ceilDiv(picoUsd, creditPicoUsd);
    }

    private long picoUsd(Usage usage) {
        long fresh = Math.multiplyExact(usage.inputTokens() - usage.cachedInputTokens(), inputPicoUsd);
        long cached = Math.multiplyExact(usage.cachedInputTokens(), cachedInputPicoUsd);
        long output = Math.multiplyExact(usage.outputTokens(), outputPicoUsd);
        return Math.addExact(Math.addExact(fresh, cached), output);
    }

    private long ceilingPicoUsd(long inputTokens, long outputTokens) {
        long input = Math.multiplyExact(inputTokens, Math.max(inputPicoUsd, cachedInputPicoUsd));
        return Math.addExact(input, Math.multiplyExact(outputTokens, outputPicoUsd));
    }
}
