package io.atlas.bench.load;

import java.util.Arrays;

/** Measured times in nanoseconds. Not safe for use by several threads. */
public final class Samples {
    /** More than a run can make; what comes after is not kept. */
    private static final int MOST = 1 << 23;

    /** Grows: thousands of connections keep theirs, most of them few. */
    private long[] nanos = new long[1 << 4];

    private int size;

    /** Keeps one time. */
    void add(long sample) {
        if (size == MOST) {
            return;
        }
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = sample;
    }

    /** Keeps all the times of another. */
    void addAll(Samples other) {
        for (int i = 0; i < other.size; i++) {
            add(other.nanos[i]);
        }
    }

    /** The time in microseconds that the given share of the samples does not exceed; 0 where there are none. */
    public double micros(double share) {
        if (size == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * size) - 1)] / 1e3;
    }
}
