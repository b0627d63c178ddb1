package io.atlas.kernel.quota;

/**
 * How full a limit is at one moment, in the unit of its kind.
 *
 * @param used what was charged; of a bucket, what has not leaked yet
 * @param held what open requests have reserved beyond that
 * @param resetsAtMicros when nothing of it is left unless something is charged: the end of the window, or the moment
 *     the bucket is empty; now for what is only held
 */
public record Level(long used, long held, long resetsAtMicros) {
    /** What still fits. */
    public long remaining(LimitSpec spec) {
        return Math.max(0, spec.capacity() - used - held);
    }

    /** What is still let through. */
    public long room(LimitSpec spec) {
        return Math.max(0, spec.ceiling() - used - held);
    }

    /** By how much backends counted more than was reserved for them. What was let through at another hour is none. */
    public long debt(LimitSpec spec) {
        return spec.enforced() ? Math.max(0, used - spec.utmost()) : 0;
    }
}
