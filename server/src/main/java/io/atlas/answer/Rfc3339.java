package io.atlas.answer;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as answers write them. */
public final class Rfc3339 {
    private Rfc3339() {}

    public static String of(long epochMicros) {
        return Instant.EPOCH
                .plus(epochMicros, ChronoUnit.MICROS)
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }
}
