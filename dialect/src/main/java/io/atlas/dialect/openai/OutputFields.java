package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask.Delivery;
import java.util.OptionalLong;
import tools.jackson.core.JsonParser;

/** The fields that say how much is to be written, and how it is to come: the same in chats and completions. */
final class OutputFields {
    private static final int MAX_CHOICES = 8;

    private final byte[] body;
    private Delivery delivery = Delivery.WHOLE;
    private OptionalLong maxTokens = OptionalLong.empty();
    private int choices = 1;
    private StreamOptions streamOptions = StreamOptions.NONE;

    OutputFields(byte[] body) {
        this.body = body;
    }

    /** Reads a field if it is one of these. */
    void field(JsonParser json, String name) {
        switch (name) {
            case "stream" -> delivery = RequestReader.flag(json, name) ? Delivery.STREAMED : Delivery.WHOLE;
            case "n" -> choices = answers(json, name);
            case OpenAiRequest.MAX_TOKENS, OpenAiRequest.MAX_COMPLETION_TOKENS -> maxTokens = bound(json, name);
            case OpenAiRequest.STREAM_OPTIONS -> streamOptions = StreamOptions.read(json, body);
            default -> {}
        }
    }

    Delivery delivery() {
        return delivery;
    }

    OptionalLong maxTokens() {
        return maxTokens;
    }

    /** Answers to one prompt. */
    int choices() {
        return choices;
    }

    StreamOptions streamOptions() {
        return streamOptions;
    }

    /** Reads how many answers to one prompt are to come back or to be written. */
    static int answers(JsonParser json, String name) {
        return Math.toIntExact(RequestReader.number(json, name, MAX_CHOICES).orElse(1));
    }

    private OptionalLong bound(JsonParser json, String name) {
        OptionalLong bound = RequestReader.number(json, name, Integer.MAX_VALUE);
        if (bound.isPresent() && maxTokens.isPresent()) {
            throw new WrongField(
                    name,
                    name + ": given beside the other name of the same bound (expected: one of "
                            + "max_tokens and max_completion_tokens)");
        }
        return bound.isPresent() ? bound : maxTokens;
    }
}
