package io.atlas.terminal;

/** Bounds of what an option may say. */
public final class Range {
    private static final int MAX_PORT = 65_535;

    private Range() {}

    /** A port, where 0 stands for any that is free. */
    public static int port(String option, int value) {
        return within(0, value, MAX_PORT, option);
    }

    /** The value if it lies in the range; else the command was used wrongly. */
    public static int within(int min, int value, int max, String option) {
        if (value < min || value > max) {
            throw new Failure(ExitCode.USAGE, "--%s: %d (expected: %d to %d)".formatted(option, value, min, max));
        }
        return value;
    }
}
