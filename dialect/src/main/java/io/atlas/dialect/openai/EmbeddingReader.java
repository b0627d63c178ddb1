package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Ask.Output;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.kernel.feature.Features;
import tools.jackson.core.JsonParser;

/** Reads a body for {@code POST /v1/embeddings}. */
final class EmbeddingReader extends RequestReader {
    /** As many inputs as OpenAI takes. */
    private static final int MAX_INPUTS = 2_048;

    private static final int MAX_DIMENSIONS = 65_536;

    private final PromptReader input = new PromptReader("input", MAX_INPUTS);

    EmbeddingReader(byte[] body) {
        super(Route.EMBEDDING, body);
    }

    @Override
    void field(JsonParser json, String name) {
        switch (name) {
            case "input" -> input.read(json);
            case "dimensions" -> number(json, name, MAX_DIMENSIONS);
            case "encoding_format" -> encodingFormat(json);
            case "stream" -> stream(json);
            default -> {}
        }
    }

    @Override
    Ask ask(String named, long bytes) {
        return new Ask(named, Delivery.WHOLE, Output.NONE, UsageWish.HIDDEN, input.size(bytes), Features.NONE);
    }

    /** There are servers that know others, which are no JSON and hide the usage. */
    private static void encodingFormat(JsonParser json) {
        boolean known = switch (json.currentToken()) {
            case VALUE_NULL -> true;
            case VALUE_STRING ->
                json.getString().equals("float") || json.getString().equals("base64");
            default -> false;
        };
        if (!known) {
            throw new WrongField("encoding_format", "encoding_format: unknown (expected: float or base64)");
        }
    }

    private static void stream(JsonParser json) {
        if (flag(json, "stream")) {
            throw new WrongField("stream", "stream: true (embeddings come whole)");
        }
    }
}
