package io.atlas.tokenizer;

import io.atlas.kernel.unit.Check;

/**
 * How much counting may cost. Whichever runs out first ends the exact part of a count.
 *
 * @param surelyBytes of UTF-8 to count exactly however long it takes
 * @param bytes of UTF-8 to count exactly
 * @param nanos of time, looked at before each slice: the last slice may run over it
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
