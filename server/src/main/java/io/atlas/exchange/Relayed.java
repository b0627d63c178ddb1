package io.atlas.exchange;

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

    /** About how many tokens the text beyond it has. */
    public long furtherTokens() {
        return furtherBytes / BYTES_PER_TOKEN;
    }
}
