package io.atlas.tokenizer;

/**
 * How many tokens a text has at most: the tokens of the part that was counted, and one for each byte of the rest.
 *
 * @param tokens of both parts, never more than the text has bytes
 * @param countedBytes UTF-8 bytes that were counted
 * @param boundedBytes UTF-8 bytes that were not, each of which is taken for a token
 */
public record Count(long tokens, long countedBytes, long boundedBytes) {
    /** Whether the budget was enough for all of the text. */
    public boolean exact() {
        return boundedBytes == 0;
    }
}
