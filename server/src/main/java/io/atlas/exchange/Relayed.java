package io.atlas.exchange;

import java.nio.charset.StandardCharsets;

/**
 * What was relayed of an answer, kept for counting it where the backend does not.
 *
 * @param text the beginning, as much as is worth keeping
 * @param furtherBytes of the text beyond it
 */
public record Relayed(String text, long furtherBytes) {
    private static final long BYTES_PER_TOKEN = 4;

    /** No text at all. */
    public static final Relayed NOTHING = new Relayed("", 0);

    /** About how many tokens all of it has, where nobody can count them. */
    public long likelyTokens() {
        return (text.getBytes(StandardCharsets.UTF_8).length + furtherBytes) / BYTES_PER_TOKEN;
    }

    /** About how many tokens all of it has where its beginning has so many: the rest is taken to be like the beginning. */
    public long tokens(long tokensOfText) {
        if (text.isEmpty()) {
            return furtherBytes / BYTES_PER_TOKEN;
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return tokensOfText + furtherBytes * tokensOfText / bytes;
    }
}
