package io.atlas.kernel.route;

import java.util.Locale;

/** A way to spend less on a request whose budget runs low. */
public enum Saving {
    /** A shorter conversation: without its oldest turns. */
    TRIM,
    /** A shorter answer. */
    CLAMP,
    /** A cheaper model, along the chain that the asked one names. */
    DOWNGRADE;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The way as configuration, receipts and metrics write it: {@code downgrade}. */
    public String word() {
        return word;
    }
}
