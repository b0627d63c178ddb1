package io.atlas.dialect.neutral;

import io.atlas.kernel.feature.Features;
import java.util.OptionalLong;

/**
 * What a caller asks for, in the terms that all dialects share.
 *
 * @param model the name exactly as written
 * @param usage whether the usage of a stream is to be seen
 * @param needs what else than text it takes to answer
 */
public record Ask(String model, Delivery delivery, Output output, UsageWish usage, PromptSize size, Features needs) {
    /** How the answer is to come. */
    public enum Delivery {
        WHOLE,
        STREAMED
    }

    /**
     * What is to be written.
     *
     * @param maxTokens of one choice, where the caller bounds it
     * @param choices answers that come back, to all prompts together; at least 1
     * @param drafts answers that are written, of which the choices are the best: at least as many
     */
    public record Output(OptionalLong maxTokens, int choices, int drafts) {
        /** Nothing: the answer has no text. */
        public static final Output NONE = new Output(OptionalLong.of(0), 1, 1);

        /** Whether the answer has no text. */
        public boolean none() {
            return equals(NONE);
        }
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
     * @param messages how many, if it consists of messages
     * @param names messages that carry a name
     * @param prompts texts or rows of token ids that are read each for itself; messages are one together
     * @param tokenIds tokens that the caller has already made
     * @param images how many, none of which is part of the text
     */
    public record PromptSize(long textBytes, int messages, int names, int prompts, long tokenIds, int images) {
        /** The size of a prompt that consists of text alone. */
        public static PromptSize ofMessages(long textBytes, int messages, int names) {
            return new PromptSize(textBytes, messages, names, 1, 0, 0);
        }

        /** Whether there is nothing in it but text, so that what a backend counts says how it counts text. */
        public boolean textOnly() {
            return tokenIds == 0 && images == 0;
        }
    }
}
