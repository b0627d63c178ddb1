package io.atlas.time;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** When a server asks to be tried again, as {@code Retry-After} says it: in seconds, or by a date (RFC 9110, section 10.2.3). */
public final class RetryTime {
    private static final int MILLIS_PER_SECOND = 1_000;
    private static final int LONGEST_TEXT = 40;

    private RetryTime() {}

    /** The milliseconds from now until then; empty where nothing is said that lies ahead. */
    public static OptionalLong millis(String text, long nowMicros) {
        String bare = text.strip();
        OptionalLong seconds = number(bare, MILLIS_PER_SECOND);
        if (seconds.isPresent() || bare.length() > LONGEST_TEXT) {
            return seconds;
        }
        try {
            Instant then = ZonedDateTime.parse(bare, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return ahead(then.toEpochMilli() - TimeUnit.MICROSECONDS.toMillis(nowMicros));
        } catch (DateTimeParseException _) {
            return OptionalLong.empty();
        }
    }

    /** That number of so many milliseconds each. Some servers write a fraction. */
    public static OptionalLong number(String text, int millisPerUnit) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            return OptionalLong.empty();
        }
        return ahead((long) Math.ceil(Double.parseDouble(text) * millisPerUnit));
    }

    private static OptionalLong ahead(long millis) {
        return millis > 0 ? OptionalLong.of(millis) : OptionalLong.empty();
    }
}
