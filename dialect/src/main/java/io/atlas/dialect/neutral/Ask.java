package io.atlas.dialect.neutral;

import java.util.OptionalLong;

/**
 * What a caller asks for, in the terms that all dialects share.
 *
 * @param model the name exactly as written
 * @param maxOutputTokens of one choice, where the caller bounds it
 * @param choices answers wanted at once, at least 1
 */
public record Ask(
        String model, Delivery delivery, OptionalLong maxOutputTokens, int choices, UsageWish usage, PromptSize size) {
    /** How the answer is to come. */
    public enum Delivery {
        WHOLE,
        STREAMED
    }

    /** Whether the caller wants to see the usage of a stream. */
    public enum UsageWish {
        SHOWN,
        SHOWN_RUNNING,
        HIDDEN
    }

    /**
     * What can be said of the prompt's size without counting tokens.
     *
     * @param textBytes at least as many as the text has in UTF-8
     * @param messages how many
     * @param names messages that carry a name
     */
    public record PromptSize(long textBytes, int messages, int names) {}
}
