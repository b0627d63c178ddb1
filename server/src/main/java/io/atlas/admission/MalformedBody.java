package io.atlas.admission;

/** The body of a request cannot be read to its end: its framing is broken. Thrown into the reading of that request. */
public final class MalformedBody extends Exception {
    private static final long serialVersionUID = 1;

    /** In words for the caller. */
    public MalformedBody(String message) {
        super(message, null, false, false);
    }

    /** What is wrong with it. */
    String problem() {
        return String.valueOf(getMessage());
    }
}
