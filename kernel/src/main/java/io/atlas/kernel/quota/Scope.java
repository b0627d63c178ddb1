package io.atlas.kernel.quota;

import java.util.Locale;

/** The level at which a limit sits, from the widest to the narrowest. */
public enum Scope {
    GATEWAY,
    MODEL,
    POOL,
    TENANT,
    TEAM,
    USER,
    KEY,
    END_USER;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The level as answers write it: {@code tenant}. */
    public String word() {
        return word;
    }
}
