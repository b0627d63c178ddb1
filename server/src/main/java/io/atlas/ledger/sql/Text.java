package io.atlas.ledger.sql;

import java.util.Optional;

/** How texts are stored. */
public final class Text {
    private Text() {}

    /** What is absent is stored as an empty text. */
    public static Optional<String> optional(String stored) {
        return stored.isEmpty() ? Optional.empty() : Optional.of(stored);
    }
}
