package io.atlas.bench.load;

import java.util.Locale;

/** The kind of answer that is asked for. */
public enum Shape {
    PLAIN,
    STREAM;

    /** The kind as the command line and the table write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
