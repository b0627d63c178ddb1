package io.atlas.upstream.sim;

import io.atlas.kernel.unit.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON in and out. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** The tree of a text; throws {@link tools.jackson.core.JacksonException} where it is none. */
    static JsonNode tree(byte[] text) {
        return MAPPER.readTree(text);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String text(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /** The text as a JSON string, in its quotes. */
    static String quoted(String text) {
        return MAPPER.writeValueAsString(text);
    }

    /** Usage as OpenAI writes it. */
    static ObjectNode usage(Usage usage) {
        ObjectNode node = object();
        node.put("prompt_tokens", usage.inputTokens());
        node.put("completion_tokens", usage.outputTokens());
        node.put("total_tokens", usage.totalTokens());
        node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInputTokens());
        node.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        return node;
    }
}
