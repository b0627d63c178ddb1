package io.atlas.yaml;

import java.util.Comparator;
import java.util.Locale;

/**
 * Something wrong or doubtful at a place of a configuration file.
 *
 * @param line from 1
 * @param column from 1, counted in characters as an editor does
 * @param message what was found and what was expected, in one line, without a secret
 */
public record Finding(Severity severity, String file, int line, int column, String message) {
    /** The order of the file. */
    static final Comparator<Finding> BY_PLACE = Comparator.comparingInt(Finding::line)
            .thenComparingInt(Finding::column)
            .thenComparing(Finding::severity)
            .thenComparing(Finding::message);

    /** Whether the configuration can be used in spite of it. */
    public enum Severity {
        /** It cannot. */
        ERROR,
        /** It can, but should not be left so. */
        WARNING
    }

    /** The finding as a compiler would print it: {@code atlas.yaml:12:7: error: ...}. */
    @Override
    public String toString() {
        String word = severity.name().toLowerCase(Locale.ROOT);
        return file + ":" + line + ":" + column + ": " + word + ": " + message;
    }
}
