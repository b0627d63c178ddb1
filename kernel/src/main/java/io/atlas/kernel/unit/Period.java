package io.atlas.kernel.unit;

import java.util.Locale;
import java.util.Optional;

/** The time a limit is counted over: the short ones leak continuously, the long ones follow the calendar. */
public enum Period {
    SECOND(1_000_000L),
    MINUTE(60_000_000L),
    HOUR(3_600_000_000L),
    DAY(0),
    WEEK(0),
    MONTH(0),
    QUARTER(0),
    YEAR(0);

    private final String word = name().toLowerCase(Locale.ROOT);
    private final long micros;

    Period(long micros) {
        this.micros = micros;
    }

    /** Whether a limit over this period is a token bucket; otherwise it is a calendar window. */
    public boolean leaks() {
        return micros > 0;
    }

    /** The length in microseconds of a period that {@link #leaks}; a calendar period has no fixed length. */
    public long micros() {
        if (micros == 0) {
            throw new IllegalArgumentException("micros of " + word + " (expected: of a period that leaks)");
        }
        return micros;
    }

    /** The period as configuration and answers write it: {@code minute}. */
    public String word() {
        return word;
    }

    /** The period of that word, if there is one. */
    public static Optional<Period> of(String word) {
        for (Period period : values()) {
            if (period.word().equals(word)) {
                return Optional.of(period);
            }
        }
        return Optional.empty();
    }
}
