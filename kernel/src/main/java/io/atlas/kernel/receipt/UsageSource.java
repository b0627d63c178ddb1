package io.atlas.kernel.receipt;

import java.util.Locale;

/** How the usage of a request is known. */
public enum UsageSource {
    /** The backend said so. */
    REPORTED,
    /** Atlas counted what it relayed. */
    COUNTED,
    /** Taken from the last checkpoint before the process died. */
    ESTIMATED,
    /** Nothing was used, or nothing is known. */
    UNKNOWN;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The source as answers write it: {@code reported}. */
    public String word() {
        return word;
    }
}
