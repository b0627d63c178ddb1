package io.atlas.kernel.receipt;

import java.util.OptionalLong;

/** What the caller asked for, as far as it was understood; the model is empty where the body could not be read. */
public record Asked(String dialect, String route, String model, Answering answering, OptionalLong maxTokens) {
    /** How the caller wants the answer. */
    public enum Answering {
        WHOLE,
        STREAMED
    }
}
