package io.atlas.upstream.sim;

import java.util.concurrent.TimeUnit;

/** When each token of an answer is due, counted from 0, by the clock of {@link io.atlas.time.TimeSource#nanos()}. */
record Pace(long firstTokenNanos, int tokensPerSecond) {
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The moment at which that token is due, rounded up. */
    long nanosOf(long token) {
        return firstTokenNanos + Math.ceilDiv(token * NANOS_PER_SECOND, tokensPerSecond);
    }

    /** How many tokens are due by then; none before the first. */
    long ticksDue(long nowNanos) {
        long sinceFirst = nowNanos - firstTokenNanos;
        return sinceFirst < 0 ? 0 : sinceFirst * tokensPerSecond / NANOS_PER_SECOND + 1;
    }
}
