package io.atlas.replay;

import java.nio.ByteBuffer;

/**
 * Numbers by which bodies are told apart: the body as a polynomial modulo 2^61 - 1 at a secret point (Carter and Wegman,
 * "Universal Classes of Hash Functions", 1979). Two different bodies of n bytes have the same one by a chance of n / 7 /
 * 2^61, whoever chose them, as nobody outside knows the point. It costs a few hundred nanoseconds where a digest costs as
 * many microseconds; among those who share the point it says as much.
 */
public final class Fingerprints {
    private static final long PRIME = (1L << 61) - 1;
    private static final int STEP_BYTES = 7;

    private volatile long point;

    /** Fingerprints at the point that a random number stands for. */
    public Fingerprints(long random) {
        point = 1 + Long.remainderUnsigned(random, PRIME - 1);
    }

    /** The secret point. */
    public long point() {
        return point;
    }

    /** From now on they are those of the nodes that have this point. What was known by another is not known any more. */
    public void moveTo(long shared) {
        if (shared > 0 && shared < PRIME) {
            point = shared;
        }
    }

    /** The number of these bytes. Bodies of different lengths have to be told apart by their lengths. */
    public long of(ByteBuffer body) {
        long there = point;
        long sum = 0;
        int at = body.position();
        for (; at + Long.BYTES <= body.limit(); at += STEP_BYTES) {
            sum = next(sum, there, body.getLong(at) >>> Byte.SIZE);
        }
        long rest = 0;
        for (; at < body.limit(); at++) {
            rest = rest << Byte.SIZE | Byte.toUnsignedLong(body.get(at));
        }
        return next(sum, there, rest);
    }

    /** {@code sum * point + step}, of which the step is below 2^56. */
    private static long next(long sum, long point, long step) {
        long high = Math.multiplyHigh(sum, point);
        long low = sum * point;
        return reduced(reduced((low & PRIME) + (low >>> 61 | high << 3)) + step);
    }

    private static long reduced(long number) {
        return number >= PRIME ? number - PRIME : number;
    }
}
