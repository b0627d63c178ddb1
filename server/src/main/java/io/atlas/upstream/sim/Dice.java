package io.atlas.upstream.sim;

import java.nio.charset.StandardCharsets;

/** A row of numbers that follows from a seed alone: SplitMix64 (Steele, Lea and Flood, 2014). For one thread. */
final class Dice {
    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;
    private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;

    private long state;

    Dice(long seed) {
        state = seed;
    }

    /** A seed for each text: FNV-1a, set off by another seed. */
    static long seed(long seed, byte[] text) {
        long hash = FNV_OFFSET ^ new Dice(seed).next();
        for (byte b : text) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** A seed for each text. */
    static long seed(long seed, String text) {
        return seed(seed, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The next number from 0 to {@code bound - 1}. */
    int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** The next number of all. */
    long next() {
        state += GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
