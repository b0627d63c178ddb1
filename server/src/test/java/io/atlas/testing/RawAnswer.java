package io.atlas.testing;

/**
 * An answer byte by byte, for what no server in order would say.
 *
 * @param text its bytes, each a character of Latin 1
 */
public record RawAnswer(String text, Then then) {
    /** What becomes of the connection once the text is written. */
    public enum Then {
        /** The next request is awaited. */
        KEEP,
        /** It is closed. */
        CLOSE,
        /** It is reset. */
        RESET,
        /** Nothing more comes, until the client leaves. */
        STALL
    }
}
