package io.atlas.kernel.receipt;

import java.util.OptionalLong;

/**
 * What the caller asked for, as far as it was understood; the model is empty where the body could not be read.
 *
 * @param tags what he says that it is for
 */
public record Asked(
        String dialect, String route, String model, Answering answering, OptionalLong maxTokens, Tags tags) {
    /** How the caller wants the answer. */
    public enum Answering {
        WHOLE,
        STREAMED
    }

    /** The same for nothing in particular. */
    public Asked(String dialect, String route, String model, Answering answering, OptionalLong maxTokens) {
        this(dialect, route, model, answering, maxTokens, Tags.NONE);
    }

    /** The same for that. */
    public Asked with(Tags said) {
        return new Asked(dialect, route, model, answering, maxTokens, said);
    }
}
