package io.atlas.time;

import java.time.Clock;
import java.time.Instant;

/** The time, from outside. */
public interface TimeSource {
    /** Microseconds since the epoch, by the wall clock. */
    long epochMicros();

    /** Nanoseconds of a clock that never steps: for measuring, with no meaning of its own. */
    long nanos();

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
