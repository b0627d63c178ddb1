package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.feature.Features;
import java.util.OptionalLong;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The fields that say how much is to be written, and how: the same in chats and completions. */
final class OutputFields {
    /** The field that says in which form the answer is to be. */
    static final String RESPONSE_FORMAT = "response_format";

    /** The field that says how hard the model is to think. */
    static final String REASONING_EFFORT = "reasoning_effort";

    private static final int MAX_CHOICES = 8;

    private final byte[] body;
    private Delivery delivery = Delivery.WHOLE;
    private OptionalLong maxTokens = OptionalLong.empty();
    private int choices = 1;
    private StreamOptions streamOptions = StreamOptions.NONE;
    private Features needs = Features.NONE;

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
            case RESPONSE_FORMAT -> needs = format(json, needs);
            case REASONING_EFFORT -> needs = effort(json, needs);
            default -> {}
        }
    }

    Delivery delivery() {
        return delivery;
    }

    OptionalLong maxTokens() {
        return maxTokens;
    }

    /** What it takes to write so. */
    Features needs() {
        return needs;
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

    /** A form that nobody here knows is left to the backend. */
    private static Features format(JsonParser json, Features needs) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return needs;
        }
        String type = "";
        while (json.nextToken() != JsonToken.END_OBJECT) {
            boolean named = json.currentName().equals("type");
            json.nextToken();
            type = named && json.currentToken() == JsonToken.VALUE_STRING ? json.getString() : type;
            json.skipChildren();
        }
        return switch (type) {
            case "json_object" -> needs.with(Feature.JSON);
            case "json_schema" -> needs.with(Feature.JSON_SCHEMA);
            default -> needs;
        };
    }

    private static Features effort(JsonParser json, Features needs) {
        boolean some = json.currentToken() == JsonToken.VALUE_STRING
                && !json.getString().equals("none");
        return some ? needs.with(Feature.REASONING) : needs;
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
