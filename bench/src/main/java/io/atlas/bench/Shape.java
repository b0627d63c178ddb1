package io.atlas.bench;

import java.util.Locale;

/** The kind of answer that is asked for. */
enum Shape {
    PLAIN,
    STREAM;

    /** The kind as the command line and the table write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
