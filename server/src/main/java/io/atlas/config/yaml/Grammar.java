package io.atlas.config.yaml;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a scalar may look like.
 *
 * @param reading the value of a text; empty where it has none
 * @param complaints what is said about such a text: {@code expected: 1 to 100}
 * @param shown the text as messages repeat it
 */
public record Grammar<T>(
        Function<String, Optional<T>> reading, Function<String, String> complaints, UnaryOperator<String> shown) {
    /** A grammar that is described by what it expects. */
    public static <T> Grammar<T> of(String expected, Function<String, Optional<T>> reading) {
        return new Grammar<>(reading, _ -> "expected: " + expected, UnaryOperator.identity());
    }

    /** The value of the text; empty where it has none. */
    public Optional<T> read(String text) {
        return reading.apply(text);
    }

    /** What is said about a text that it does not take. */
    public String complaint(String text) {
        return complaints.apply(text);
    }

    /** The same texts for other values. */
    public <U> Grammar<U> map(Function<T, U> change) {
        return new Grammar<>(text -> reading.apply(text).map(change), complaints, shown);
    }

    /** The same grammar for texts that no message may repeat. */
    public Grammar<T> hidden() {
        return new Grammar<>(reading, complaints, _ -> "***");
    }
}
