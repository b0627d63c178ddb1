package io.atlas.kernel.quota;

/**
 * The state of one limit. It knows neither its amount, which may change under it, nor any clock. Not safe for use by
 * several threads: its owner's lock is what makes a request's step over many counters atomic. Every method takes the
 * time in epoch microseconds; a clock that stepped back is read as standing still.
 */
public sealed interface Counter permits TokenBucket, CalendarWindow, Slots {
    /** What an open request holds of one counter; only the counter that gave it can take it back. */
    sealed interface Hold permits TokenBucket.BucketHold, CalendarWindow.WindowHold, Slots.SlotHold {
        /** The amount reserved. */
        long amount();
    }

    /** A fresh counter for the limit. */
    static Counter of(LimitSpec spec) {
        if (spec.kind() == Kind.CONCURRENT) {
            return new Slots();
        }
        return spec.leaks() ? new TokenBucket() : new CalendarWindow();
    }

    /** Whether a fresh one could take its place: nothing is counted, and nothing open will be. */
    boolean idle(Limit limit, long nowMicros);

    /** How full it is. */
    Level level(Limit limit, long nowMicros);

    /** The time until {@code amount} fits if nothing else is charged, 0 where it fits now; the amount is at most the capacity. */
    long waitMicros(Limit limit, long amount, long nowMicros);

    /** Takes an amount that fits. */
    Hold take(Limit limit, long amount, long nowMicros);

    /** Replaces a hold by what was really used, in the window in which it was taken; 0 gives all of it back. */
    void settle(Limit limit, Hold hold, long actual, long nowMicros);

    /** Charges what the ledger holds already: for a counter that is new while its window is not. */
    void seed(Limit limit, long amount, long atMicros);
}
