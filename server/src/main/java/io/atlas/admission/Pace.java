package io.atlas.admission;

/** How fast a body has to come. */
final class Pace {
    private static final long MAX_MILLIS = 60_000;
    /** A network may need this long to get going. */
    private static final long GRACE_MILLIS = 10_000;

    private static final long MIN_BYTES_PER_SECOND = 500;
    private static final long MILLIS_PER_SECOND = 1_000;

    private Pace() {}

    /** Whether a body of which so many bytes came in so many milliseconds, and not its end, is too slow. */
    static boolean tooSlow(long millis, long bytes) {
        return millis >= MAX_MILLIS
                || (millis >= GRACE_MILLIS && bytes < millis * MIN_BYTES_PER_SECOND / MILLIS_PER_SECOND);
    }
}
