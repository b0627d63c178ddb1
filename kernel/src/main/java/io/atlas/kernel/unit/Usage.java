package io.atlas.kernel.unit;

/**
 * The tokens of one answer. Cached tokens are part of the input and reasoning tokens part of the output, as OpenAI
 * counts them.
 */
public record Usage(long inputTokens, long cachedInputTokens, long outputTokens, long reasoningTokens) {
    /** No tokens at all. */
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    /** More than any model can read or write; a backend that reports more is not believed. */
    public static final long MAX_TOKENS = 1L << 32;

    public Usage {
        Check.within(0, inputTokens, MAX_TOKENS, "inputTokens");
        Check.within(0, cachedInputTokens, inputTokens, "cachedInputTokens");
        Check.within(0, outputTokens, MAX_TOKENS, "outputTokens");
        Check.within(0, reasoningTokens, outputTokens, "reasoningTokens");
    }

    /** Usage of which only the two sums are known. */
    public static Usage of(long inputTokens, long outputTokens) {
        return new Usage(inputTokens, 0, outputTokens, 0);
    }

    /** Input and output together. */
    public long totalTokens() {
        return inputTokens + outputTokens;
    }
}
