package io.atlas.delivery;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** When a backend that has no room asks to be tried again: a number of seconds, or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {
    private static final long LONGEST_MILLIS = 60_000;
    private static final int LONGEST_TEXT = 40;

    private RetryAfter() {}

    /** The milliseconds until then, a minute at most; empty where nothing is said that lies ahead. */
    static OptionalLong millis(MultiMap headers, long nowMicros) {
        String exact = headers.get("retry-after-ms");
        String usual = headers.get("retry-after");
        OptionalLong known = exact == null ? OptionalLong.empty() : number(exact, 1);
        return known.isPresent() || usual == null ? known : millis(usual.strip(), nowMicros);
    }

    private static OptionalLong millis(String text, long nowMicros) {
        OptionalLong seconds = number(text, 1_000);
        if (seconds.isPresent() || text.length() > LONGEST_TEXT) {
            return seconds;
        }
        try {
            Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return ahead(then.toEpochMilli() - TimeUnit.MICROSECONDS.toMillis(nowMicros));
        } catch (DateTimeParseException _) {
            return OptionalLong.empty();
        }
    }

    /** Some servers write a fraction. */
    private static OptionalLong number(String text, int millisPerUnit) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            return OptionalLong.empty();
        }
        return ahead((long) Math.ceil(Double.parseDouble(text) * millisPerUnit));
    }

    private static OptionalLong ahead(long millis) {
        return millis > 0 ? OptionalLong.of(Math.min(millis, LONGEST_MILLIS)) : OptionalLong.empty();
    }
}
