package io.atlas.secret;

import org.jspecify.annotations.Nullable;

/** A text that must not be seen: it prints as stars, and only {@link #reveal} gives it away. */
public final class Secret {
    private final String value;

    /** Wraps the text. */
    public Secret(String value) {
        this.value = value;
    }

    /** The text itself, for the one place that has to send or compare it. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
