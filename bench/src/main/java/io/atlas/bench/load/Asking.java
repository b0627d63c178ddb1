package io.atlas.bench.load;

/**
 * What the requests of a stretch ask for.
 *
 * @param right which answers are right
 */
public record Asking(Shape shape, Text text, Right right) {
    /** Which answers are right besides that of the upstream, whole and to the byte. */
    public enum Right {
        SERVED,
        /** Also a refusal for the rate of tokens, by a figure that was counted: smaller than the text's bytes. */
        SERVED_OR_REFUSED
    }

    /** What prompts are made of. */
    public sealed interface Text {
        /** 235 to 350 made-up words, so that a body has 1.5 to 2.5 KB. */
        record Words() implements Text {}

        /** A body of so many bytes, but for a few, of one script. */
        record Written(Script script, int bodyBytes) implements Text {}
    }

    /** Short prompts, which are served. */
    public static Asking usual(Shape shape) {
        return new Asking(shape, new Text.Words(), Right.SERVED);
    }
}
