package io.atlas.upstream.sim;

import io.atlas.kernel.unit.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A whole answer, written before the first token of it is sent. */
record Script(Shape shape, String id, String model, List<Read> prompts, List<Choice> choices) {
    Script {
        prompts = List.copyOf(prompts);
        choices = List.copyOf(choices);
    }

    /** How many tokens the longest choice has: all are spoken side by side. */
    long ticks() {
        return choices.stream().mapToLong(Choice::tokens).max().orElse(0);
    }

    /** How many tokens all choices have from one tick to before another. */
    long tokens(long fromTick, long toTick) {
        return choices.stream()
                .mapToLong(choice -> Math.min(choice.tokens(), toTick) - Math.min(choice.tokens(), fromTick))
                .sum();
    }

    /** What the answer costs when it is whole. */
    Usage usage() {
        long output = choices.stream().mapToLong(Choice::tokens).sum();
        long reasoning = choices.stream().mapToLong(Choice::hiddenTokens).sum();
        long input = prompts.stream().mapToLong(Read::tokens).sum();
        long cached = prompts.stream().mapToLong(Read::cachedTokens).sum();
        return new Usage(input, cached, output, reasoning);
    }

    /** The API in whose words an answer is written. */
    enum Shape {
        CHAT,
        COMPLETION;

        String idPrefix() {
            return this == CHAT ? "chatcmpl-" : "cmpl-";
        }

        /** The {@code object} of a whole answer. */
        String whole() {
            return this == CHAT ? "chat.completion" : "text_completion";
        }

        /** The {@code object} of a chunk. */
        String chunk() {
            return this == CHAT ? "chat.completion.chunk" : "text_completion";
        }
    }

    /** What was read of a prompt. */
    record Read(long tokens, long cachedTokens) {}

    /**
     * One of the answers that were asked for.
     *
     * @param prompt that it answers
     * @param hiddenTokens of reasoning, which come first and are not shown
     * @param pieces one for each token that is shown: of the text, or of a call's arguments after a first empty one that
     *     stands for its name
     */
    record Choice(Read prompt, long hiddenTokens, List<String> pieces, Finish finish, Optional<Call> call) {
        Choice {
            pieces = List.copyOf(pieces);
        }

        long tokens() {
            return hiddenTokens + pieces.size();
        }

        /** What it costs after that many of its tokens. */
        Usage usage(long tokensSoFar) {
            return new Usage(prompt.tokens(), prompt.cachedTokens(), tokensSoFar, Math.min(tokensSoFar, hiddenTokens));
        }

        String text() {
            return String.join("", pieces);
        }
    }

    /** A call of a tool. */
    record Call(String id, String name) {}

    /** Why a choice ends. */
    enum Finish {
        STOP,
        LENGTH,
        TOOL_CALLS;

        /** The reason as OpenAI writes it: {@code tool_calls}. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
