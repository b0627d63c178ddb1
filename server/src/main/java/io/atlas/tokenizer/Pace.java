package io.atlas.tokenizer;

import io.atlas.time.TimeSource;

/**
 * Whether there is time for one more slice. What a slice costs depends on the text: four kibibytes of prose take 0.15 ms,
 * of base64 five times as long. The one before tells.
 */
final class Pace {
    private final TimeSource time;
    private final long budgetNanos;
    private final long startNanos;
    private long lookedNanos;

    Pace(TimeSource time, Budget budget, long startNanos) {
        this.time = time;
        this.budgetNanos = budget.nanos();
        this.startNanos = startNanos;
        lookedNanos = time.nanos();
    }

    /** To be asked before each slice but the first. */
    boolean another() {
        long nanos = time.nanos();
        long sliceNanos = nanos - lookedNanos;
        lookedNanos = nanos;
        return nanos - startNanos + sliceNanos < budgetNanos;
    }
}
