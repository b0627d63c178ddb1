package io.atlas.exchange;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What was relayed of an answer, kept for counting it where the backend does not.
 *
 * @param texts the beginnings of its choices, as much as is worth keeping
 * @param furtherBytes of the texts beyond them
 */
public record Relayed(List<String> texts, long furtherBytes) {
    private static final long BYTES_PER_TOKEN = 4;

    /** No text at all. */
    public static final Relayed NOTHING = new Relayed(List.of(), 0);

    public Relayed {
        texts = List.copyOf(texts);
    }

    /** About how many tokens all of it has, where nobody can count them. */
    public long likelyTokens() {
        return (bytes() + furtherBytes) / BYTES_PER_TOKEN;
    }

    /** About how many tokens all of it has where its beginnings have so many: the rest is taken to be like them. */
    public long tokens(long tokensOfTexts) {
        long bytes = bytes();
        return bytes == 0 ? furtherBytes / BYTES_PER_TOKEN : tokensOfTexts + furtherBytes * tokensOfTexts / bytes;
    }

    private long bytes() {
        return texts.stream()
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
