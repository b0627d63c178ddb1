package io.atlas.kernel.quota;

/**
 * What a {@link Meter} has counted, as a store that keeps it elsewhere tells it. It is enough to ask by, and to compare;
 * what open requests hold of it is with the store.
 */
public sealed interface Count {
    /** What of it open requests have reserved. */
    long held();

    /**
     * Of a limit that leaks.
     *
     * @param level what is on it, open requests included
     * @param held what of it open requests have reserved
     * @param atMicros when it was last brought up to date
     * @param leakedFraction the part of a unit that has leaked since, in units times the period's microseconds
     */
    record OfBucket(long level, long held, long atMicros, long leakedFraction) implements Count {}

    /** Of a calendar limit, in the window that begins and ends there. */
    record OfWindow(long used, long held, long startMicros, long endMicros) implements Count {}

    /** Of a limit on requests at once. */
    record OfSlots(long held) implements Count {}

    /** The same with that amount reserved on top. */
    default Count plus(long amount) {
        return switch (this) {
            case OfBucket of -> new OfBucket(of.level + amount, of.held + amount, of.atMicros, of.leakedFraction);
            case OfWindow of -> new OfWindow(of.used, of.held + amount, of.startMicros, of.endMicros);
            case OfSlots of -> new OfSlots(of.held + amount);
        };
    }
}
