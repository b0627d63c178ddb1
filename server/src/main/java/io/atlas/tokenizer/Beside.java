package io.atlas.tokenizer;

/**
 * The tokens of a prompt that are no text: token ids that the caller has made, the marks around each text, images. They
 * are not raised by what was learned of a model's way with text.
 *
 * @param atMostTokens what is reserved
 * @param likelyTokens what is charged, where no backend counts
 */
public record Beside(long atMostTokens, long likelyTokens) {
    /**
     * More than any model in the field makes of one image: GPT-4o mini's 2,833 tokens and 5,667 for each of at most 8 tiles
     * ("Images and vision" in OpenAI's guides). GPT-4o makes at most 1,445 by the same rule, OpenAI's models that count
     * patches 1,536 times a factor below 2.5, and Qwen's, which are the largest among the open ones, 16,384.
     */
    public static final long IMAGE_AT_MOST = 2_833 + 8 * 5_667;

    /** An image of 1024 x 1024 pixels, as GPT-4o counts it by that rule: 85 tokens and 170 for each of 4 tiles. */
    public static final long IMAGE_LIKELY = 85 + 4 * 170;

    /** A mark before a text and one after it, as models for embeddings put them there. */
    private static final long MARKS_AT_MOST = 2;

    /**
     * What stands beside the text.
     *
     * @param texts that are read each for itself, outside of messages
     * @param contextTokens of the model: no backend reads more, whatever the images would be
     */
    public static Beside of(long texts, long tokenIds, long images, long contextTokens) {
        long imagesAtMost = Math.min(images * IMAGE_AT_MOST, contextTokens);
        return new Beside(
                tokenIds + MARKS_AT_MOST * texts + imagesAtMost,
                tokenIds + Math.min(images * IMAGE_LIKELY, imagesAtMost));
    }
}
