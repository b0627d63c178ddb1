package io.atlas.tokenizer;

import io.atlas.kernel.unit.Check;

/**
 * How much counting may cost. Whichever runs out first ends the exact part of a count.
 *
 * @param surelyBytes of UTF-8 that all texts together have at most to be counted exactly however long it takes
 * @param bytes of UTF-8 to count exactly
 * @param nanos of time, looked at before each slice but the first: none is begun that would run over it if it took as
 *     long as the last
 */
public record Budget(long surelyBytes, long bytes, long nanos) {
    /** Enough for any text. */
    public static final Budget UNLIMITED = new Budget(0, Long.MAX_VALUE, Long.MAX_VALUE);

    public Budget {
        Check.within(0, surelyBytes, bytes, "surelyBytes");
        Check.within(0, bytes, Long.MAX_VALUE, "bytes");
        Check.within(0, nanos, Long.MAX_VALUE, "nanos");
    }
}
