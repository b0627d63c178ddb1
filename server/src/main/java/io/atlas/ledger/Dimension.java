package io.atlas.ledger;

import java.util.Locale;
import java.util.Optional;

/** What usage can be summed by. Days and hours are those of UTC. */
public enum Dimension {
    TENANT,
    TEAM,
    USER,
    KEY,
    END_USER,
    TIER,
    MODEL,
    BACKEND,
    DAY,
    HOUR;

    /** The dimension as questions and answers write it: {@code tenant}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The dimension of that word, if there is one. */
    public static Optional<Dimension> of(String word) {
        for (Dimension dimension : values()) {
            if (dimension.word().equals(word)) {
                return Optional.of(dimension);
            }
        }
        return Optional.empty();
    }
}
