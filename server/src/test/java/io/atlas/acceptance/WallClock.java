package io.atlas.acceptance;

import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock that stands still until it is set; what measures runs on. */
final class WallClock implements TimeSource {
    private final AtomicLong micros;

    WallClock(Instant start) {
        micros = new AtomicLong(micros(start));
    }

    /** The moment that it shows. */
    Instant now() {
        return Instant.EPOCH.plus(micros.get(), ChronoUnit.MICROS);
    }

    /** It shows that moment from now on. */
    void set(Instant moment) {
        micros.set(micros(moment));
    }

    /** It goes on by so much. */
    void advance(Duration by) {
        set(now().plus(by));
    }

    @Override
    public long epochMicros() {
        return micros.get();
    }

    @Override
    public long nanos() {
        return TimeSource.system().nanos();
    }

    private static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    }
}
