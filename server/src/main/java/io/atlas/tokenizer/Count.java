package io.atlas.tokenizer;

/**
 * How many tokens a text has at most: the tokens of the part that was counted, and one for each byte of the rest.
 *
 * @param tokens of both parts, never more than the text has bytes
 * @param countedBytes UTF-8 bytes that were counted
 * @param boundedBytes UTF-8 bytes that were not, each of which is taken for a token
 */
public record Count(long tokens, long countedBytes, long boundedBytes) {
    /** The length of a token in prose, and in most code. */
    static final long USUAL_BYTES_PER_TOKEN = 4;

    /** About how many tokens the text has: exact where all of it was counted. */
    public long likely() {
        return tokens - boundedBytes + boundedBytes / USUAL_BYTES_PER_TOKEN;
    }

    /** Whether the budget was enough for all of the text. */
    public boolean exact() {
        return boundedBytes == 0;
    }
}
