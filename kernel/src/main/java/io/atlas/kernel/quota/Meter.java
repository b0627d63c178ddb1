package io.atlas.kernel.quota;

/**
 * A limit and what is counted against it. The limit may be replaced by another of the same id and zone: then the count
 * goes on under the new amount, for what is open, too. It knows no clock: every method takes the time in epoch
 * microseconds, and a clock that stepped back is read as standing still. Not safe for use by several threads, but for
 * {@link #limit()}: its owner's lock is what makes a request's step over many meters atomic.
 *
 * <p>Limit and count are one object because a step is mostly a wait for memory where there are many of them.
 */
public abstract sealed class Meter permits TokenBucket, CalendarWindow, Slots {
    /** What an open request holds of one meter; only the meter that gave it can take it back. */
    public sealed interface Hold extends Reservation.Taken
            permits TokenBucket.BucketHold, CalendarWindow.WindowHold, Slots.SlotHold {
        /** The amount reserved. */
        long amount();
    }

    private volatile Limit limit;

    /** The limit's; kept here so that a step need not fetch the limit. */
    private LimitSpec spec;

    Meter(Limit limit) {
        this.limit = limit;
        this.spec = limit.spec();
    }

    /** A fresh one for the limit. */
    public static Meter of(Limit limit) {
        if (limit.spec().kind() == Kind.CONCURRENT) {
            return new Slots(limit);
        }
        return limit.spec().leaks() ? new TokenBucket(limit) : new CalendarWindow(limit);
    }

    /**
     * One that has counted that much elsewhere: to be asked, not to be settled on.
     *
     * @throws IllegalArgumentException where the count is not of the limit's sort
     */
    public static Meter of(Limit limit, Count count) {
        LimitSpec spec = limit.spec();
        if (count instanceof Count.OfSlots slots && spec.kind() == Kind.CONCURRENT) {
            return new Slots(limit, slots);
        }
        if (count instanceof Count.OfBucket bucket && spec.leaks()) {
            return new TokenBucket(limit, bucket);
        }
        if (count instanceof Count.OfWindow window && spec.calendar()) {
            return new CalendarWindow(limit, window);
        }
        throw new IllegalArgumentException("count: " + count + " (expected: one of " + limit.id() + ")");
    }

    /** What the limit says now. */
    public final Limit limit() {
        return limit;
    }

    final LimitSpec spec() {
        return spec;
    }

    /** From that moment on the limit says this. Until then what leaks has leaked by what it said before. */
    public final void become(Limit next, long nowMicros) {
        if (!next.id().equals(limit.id()) || !next.zone().equals(limit.zone())) {
            throw new IllegalArgumentException("limit: " + next.id() + " in " + next.zone() + " (expected: "
                    + limit.id() + " in " + limit.zone() + ")");
        }
        if (!next.equals(limit)) {
            level(nowMicros);
            limit = next;
            spec = next.spec();
        }
    }

    /** Whether a fresh one could take its place: nothing is counted, and nothing open will be. */
    public abstract boolean idle(long nowMicros);

    /** How full it is. */
    public final Level level(long nowMicros) {
        return level(spec, nowMicros);
    }

    /** How full it is, and when it were empty if from now on the limit said what is wished. */
    public abstract Level level(LimitSpec wished, long nowMicros);

    /**
     * Whether the amount fits as things were left at the last step, though nothing has leaked or turned since. Where it
     * does not, {@link #waitMicros} tells the truth.
     */
    abstract boolean fits(long amount, long nowMicros);

    /**
     * The time until {@code amount} fits if nothing else is charged and the limit said what is wished, 0 where it fits
     * now; the amount is at most the capacity.
     */
    public abstract long waitMicros(LimitSpec wished, long amount, long nowMicros);

    /** Takes an amount that fits. */
    public abstract Hold take(long amount, long nowMicros);

    /** Replaces a hold by what was really used, in the window in which it was taken; 0 gives all of it back. */
    public abstract void settle(Hold hold, long actual, long nowMicros);

    /**
     * Replaces a part of a hold by what was really used of it; the rest stays held as it was taken.
     *
     * @param part at most the hold's amount
     * @return what is still held, instead of the hold
     */
    public abstract Hold reduce(Hold hold, long part, long actual, long nowMicros);

    final IllegalArgumentException foreign() {
        return new IllegalArgumentException("hold: of another meter (expected: of " + limit.id() + ")");
    }

    /** Charges what the ledger holds already: for a meter that is new while its window is not. */
    public abstract void seed(long amount, long atMicros);
}
