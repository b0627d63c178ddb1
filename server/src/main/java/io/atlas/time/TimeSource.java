package io.atlas.time;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;

/** The time, from outside. */
public interface TimeSource {
    /** Microseconds of a day in UTC. */
    long MICROS_PER_DAY = 86_400_000_000L;

    /** Microseconds since the epoch, by the wall clock. */
    long epochMicros();

    /** Nanoseconds of a clock that never steps: for measuring, with no meaning of its own. */
    long nanos();

    /** The date in UTC. */
    default LocalDate today() {
        return LocalDate.EPOCH.plusDays(Math.floorDiv(epochMicros(), MICROS_PER_DAY));
    }

    /** The machine's clocks. */
    static TimeSource system() {
        return Machine.INSTANCE;
    }

    /** The machine's clocks, as one constant. */
    enum Machine implements TimeSource {
        INSTANCE;

        private final Clock clock = Clock.systemUTC();

        @Override
        public long epochMicros() {
            Instant now = clock.instant();
            return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }
}
