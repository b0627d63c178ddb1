package io.atlas.yaml;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What a scalar may look like.
 *
 * @param reading the value of a text; empty where it has none
 * @param complaints what is said about such a text: {@code expected: 1 to 100}
 * @param shown the text as messages repeat it
 * @param shape the texts as far as a pattern can tell them
 */
public record Grammar<T>(
        Function<String, Optional<T>> reading,
        Function<String, String> complaints,
        UnaryOperator<String> shown,
        Shape shape) {
    /** What an editor can know of a text: more than {@link #reading} takes, never less. */
    public sealed interface Shape {
        /** Any text. */
        record Text() implements Shape {}

        /** A text of that form. */
        record Form(Pattern pattern) implements Shape {}

        /** A text of that form, or a whole number without quotes. */
        record Count(Pattern pattern) implements Shape {}

        /** A text of that form, or a number without quotes. */
        record Decimal(Pattern pattern) implements Shape {}

        /** A text of any of these shapes. */
        record Either(List<Shape> shapes) implements Shape {}

        /** One of some words. */
        record Words(List<String> words) implements Shape {}
    }

    /** A grammar that is described by what it expects. */
    public static <T> Grammar<T> of(String expected, Function<String, Optional<T>> reading) {
        return new Grammar<>(reading, _ -> "expected: " + expected, UnaryOperator.identity(), new Shape.Text());
    }

    /** The same grammar, whose texts have that shape. */
    public Grammar<T> shaped(Shape texts) {
        return new Grammar<>(reading, complaints, shown, texts);
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
        return new Grammar<>(text -> reading.apply(text).map(change), complaints, shown, shape);
    }

    /** The same grammar for texts that no message may repeat. */
    public Grammar<T> hidden() {
        return new Grammar<>(reading, complaints, _ -> "***", shape);
    }
}
