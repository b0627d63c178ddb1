package io.atlas.kernel.lease;

/**
 * Whether requests come one way so often that it is worth holding something in advance for them. Below that each is
 * decided where the limits are counted, to the last token of them. Guarded by the lock of its owner.
 */
public final class Heat {
    /** Over which time requests are counted. */
    private static final long SPAN_MICROS = 100_000;

    /** So many in that time are often. */
    private static final int MANY = 32;

    /** For how long it is not hot after there was not enough to hold. */
    private static final long COOL_MICROS = 1_000_000;

    private long spanMicros;
    private int countNow;
    private int countBefore;
    private long coolUntilMicros = Long.MIN_VALUE;

    /** One more request came; says whether it is hot. */
    public boolean asked(long nowMicros) {
        long span = Math.floorDiv(nowMicros, SPAN_MICROS);
        if (span > spanMicros) {
            countBefore = span == spanMicros + 1 ? countNow : 0;
            countNow = 0;
            spanMicros = span;
        }
        countNow++;
        return nowMicros >= coolUntilMicros && Math.max(countNow, countBefore) >= MANY;
    }

    /** There was not enough. */
    public void cool(long nowMicros) {
        coolUntilMicros = nowMicros + COOL_MICROS;
    }
}
