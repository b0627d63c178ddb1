package io.atlas.delivery;

import io.atlas.time.RetryTime;
import io.vertx.core.MultiMap;
import java.util.OptionalLong;

/** When a backend that has no room asks to be tried again. */
final class RetryAfter {
    private static final long LONGEST_MILLIS = 60_000;

    private RetryAfter() {}

    /** The milliseconds until then, a minute at most; empty where nothing is said that lies ahead. */
    static OptionalLong millis(MultiMap headers, long nowMicros) {
        String exact = headers.get("retry-after-ms");
        String usual = headers.get("retry-after");
        OptionalLong known = exact == null ? OptionalLong.empty() : RetryTime.number(exact, 1);
        OptionalLong told = known.isPresent() || usual == null ? known : RetryTime.millis(usual, nowMicros);
        return told.isPresent() ? OptionalLong.of(Math.min(told.getAsLong(), LONGEST_MILLIS)) : told;
    }
}
