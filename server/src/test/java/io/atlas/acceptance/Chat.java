package io.atlas.acceptance;

import java.util.Collections;
import java.util.OptionalLong;

/**
 * A chat completion to ask for.
 *
 * @param mark by what the upstream's journal finds it
 */
record Chat(String model, String text, OptionalLong maxTokens, String mark, String more) {
    /** What a message and the opening of the answer add to the tokens of the text, by OpenAI's own rule. */
    static final int TEMPLATE_TOKENS = 7;

    /** A question to a model. */
    static Chat of(String model, String text) {
        return new Chat(model, text, OptionalLong.empty(), "", "");
    }

    /** A prompt of that many tokens in all: words of one token each, and what the template adds. */
    static Chat ofTokens(String model, int inputTokens) {
        return of(model, String.join(" ", Collections.nCopies(inputTokens - TEMPLATE_TOKENS, "sun")));
    }

    Chat maxTokens(long tokens) {
        return new Chat(model, text, OptionalLong.of(tokens), mark, more);
    }

    Chat model(String other) {
        return new Chat(other, text, maxTokens, mark, more);
    }

    Chat mark(String user) {
        return new Chat(model, text, maxTokens, user, more);
    }

    Chat streamed() {
        return with("\"stream\":true");
    }

    /** The same with one more field. */
    Chat with(String field) {
        return new Chat(model, text, maxTokens, mark, more + "," + field);
    }

    String body() {
        String cap = maxTokens.isPresent() ? ",\"max_tokens\":" + maxTokens.getAsLong() : "";
        String user = mark.isEmpty() ? "" : ",\"user\":\"" + mark + "\"";
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + cap
                + user + more + "}";
    }
}
