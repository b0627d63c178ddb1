package io.atlas.ledger;

import java.util.Locale;
import java.util.Optional;

/** What every request has one of, or none. Days and hours are those of UTC; a price is its version. */
public enum Dimension implements Grouping {
    TENANT,
    TEAM,
    USER,
    KEY,
    END_USER,
    TIER,
    MODEL,
    BACKEND,
    PRICE,
    DAY,
    HOUR;

    @Override
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
