package io.atlas.bench.load;

/**
 * What the requests of a stretch ask for.
 *
 * @param model by the name that it has at the upstream too
 * @param right which answers are right
 */
public record Asking(String model, Shape shape, Text text, Right right) {
    /** The model that is served at once. */
    public static final String QUICK = "bench";

    /** The model whose streams the upstream writes at the {@link Pace} that it was started with. */
    public static final String PACED = "paced";

    /** The model whose every answer is a 503. */
    public static final String BROKEN = "broken";

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

    /** Short prompts for the quick model, which are served. */
    public static Asking usual(Shape shape) {
        return new Asking(QUICK, shape, new Text.Words(), Right.SERVED);
    }

    /** The same for a stream of the paced model. */
    public static Asking paced() {
        return new Asking(PACED, Shape.STREAM, new Text.Words(), Right.SERVED);
    }
}
