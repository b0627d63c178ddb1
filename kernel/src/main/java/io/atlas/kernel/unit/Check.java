package io.atlas.kernel.unit;

/** Guards of arguments: a mistake of the programmer throws, a refusal of the caller's wish is a value. */
public final class Check {
    private Check() {}

    /** Returns {@code value} if it lies in {@code [min, max]}, else throws {@link IllegalArgumentException}. */
    public static long within(long min, long value, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + " to " + max + ")");
        }
        return value;
    }
}
