package io.atlas.kernel.receipt;

import java.util.OptionalLong;

/**
 * What the caller asked for, as far as it was understood; the model is empty where the body could not be read.
 *
 * @param tags what he says that it is for
 */
public record Asked(
        String dialect, String route, String model, Answering answering, OptionalLong maxTokens, Tags tags) {
    /** Longer than the name of any model there is. */
    private static final int MAX_MODEL_CHARS = 128;

    private static final char REPLACEMENT = '\uFFFD';

    /** How the caller wants the answer. */
    public enum Answering {
        WHOLE,
        STREAMED
    }

    /** The same for nothing in particular. */
    public Asked(String dialect, String route, String model, Answering answering, OptionalLong maxTokens) {
        this(dialect, route, model, answering, maxTokens, Tags.NONE);
    }

    /**
     * The name of the model as it can be written: cut where it is too long, with U+FFFD for every half of a broken surrogate
     * pair. It is the one text of a line that a caller chooses freely.
     */
    public String writableModel() {
        StringBuilder writable = new StringBuilder(Math.min(model.length(), MAX_MODEL_CHARS));
        for (int i = 0; i < model.length() && writable.length() < MAX_MODEL_CHARS; i++) {
            char c = model.charAt(i);
            if (!Character.isSurrogate(c)) {
                writable.append(c);
            } else if (i + 1 < model.length() && Character.isSurrogatePair(c, model.charAt(i + 1))) {
                writable.append(c).append(model.charAt(++i));
            } else {
                writable.append(REPLACEMENT);
            }
        }
        return writable.toString();
    }

    /** The same for that. */
    public Asked with(Tags said) {
        return new Asked(dialect, route, model, answering, maxTokens, said);
    }
}
