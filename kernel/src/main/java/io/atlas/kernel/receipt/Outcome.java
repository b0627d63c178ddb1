package io.atlas.kernel.receipt;

import java.util.Locale;

/** How a request ended. */
public enum Outcome {
    /** The caller got a whole answer. */
    SERVED,
    /** Atlas did not send it to a backend. */
    REFUSED,
    /** A backend did not give a whole answer. */
    FAILED,
    /** The caller left, or the process died. */
    ABORTED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The outcome as answers write it: {@code served}. */
    public String word() {
        return word;
    }
}
