package io.atlas.upstream.sim;

import io.atlas.kernel.unit.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A whole answer, written before the first token of it is sent. */
record Script(String id, String model, long promptTokens, long cachedTokens, List<Choice> choices) {
    Script {
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
        return new Usage(promptTokens, cachedTokens, output, reasoning);
    }

    /** What one choice costs after that many of its tokens. */
    Usage usage(Choice choice, long tokens) {
        return new Usage(promptTokens, cachedTokens, tokens, Math.min(tokens, choice.hiddenTokens()));
    }

    /**
     * One of the answers that were asked for.
     *
     * @param hiddenTokens of reasoning, which come first and are not shown
     * @param pieces one for each token that is shown: of the text, or of a call's arguments after a first empty one that
     *     stands for its name
     */
    record Choice(long hiddenTokens, List<String> pieces, Finish finish, Optional<Call> call) {
        Choice {
            pieces = List.copyOf(pieces);
        }

        long tokens() {
            return hiddenTokens + pieces.size();
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
