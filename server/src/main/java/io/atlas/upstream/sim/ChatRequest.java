package io.atlas.upstream.sim;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the simulation needs to know of a chat completion.
 *
 * @param texts everything in it that is counted as input
 * @param question the text of the last message
 * @param seed the caller's own, which varies the answer
 * @param maxTokens of one choice, with its hidden tokens
 * @param call the tool that the answer must call, where it must
 */
record ChatRequest(
        String model,
        int messages,
        int names,
        List<String> texts,
        String question,
        long seed,
        long maxTokens,
        int choices,
        Optional<Tool> call,
        Delivery delivery)
        implements ChatReader.Parsed {
    ChatRequest {
        texts = List.copyOf(texts);
    }

    /** A function that the model may call, with the JSON Schema of its arguments. */
    record Tool(String name, JsonNode parameters) {}
}
