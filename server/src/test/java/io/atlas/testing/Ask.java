package io.atlas.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** What the upstream understands of a chat completion. */
record Ask(String mark, JsonNode root) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** A body that is not JSON is taken for an empty object of the model {@code error-400}. */
    static Ask of(Request request) {
        JsonNode root;
        try {
            root = MAPPER.readTree(request.body());
        } catch (JacksonException _) {
            root = JsonNodeFactory.instance.objectNode().put("model", "error-400");
        }
        String inBody = root.path("user")
                .asString(root.path("metadata").path("oracle_id").asString(""));
        Map<String, String> headers = request.headers();
        return new Ask(headers.getOrDefault("x-oracle-id", inBody), root);
    }

    String model() {
        return root.path("model").asString("");
    }

    int choices() {
        return root.path("n").asInt(1);
    }

    /** The cap of one choice. */
    int maxTokens() {
        return root.path("max_completion_tokens").asInt(root.path("max_tokens").asInt(Integer.MAX_VALUE));
    }

    boolean streams() {
        return root.path("stream").asBoolean(false);
    }

    boolean wants(String streamOption) {
        return root.path("stream_options").path(streamOption).asBoolean(false);
    }

    String firstTool() {
        return root.path("tools").path(0).path("function").path("name").asString("none");
    }

    /** The words of all contents. */
    long promptTokens() {
        long words = 0;
        for (JsonNode message : root.path("messages").values()) {
            words += words(message).size();
        }
        return words;
    }

    /** The words of the last message. */
    List<String> question() {
        JsonNode messages = root.path("messages");
        return words(messages.path(messages.size() - 1));
    }

    private static List<String> words(JsonNode message) {
        JsonNode content = message.path("content");
        List<String> words = new ArrayList<>();
        collect(content.asString(""), words);
        for (JsonNode part : content.values()) {
            collect(part.path("text").asString(""), words);
        }
        return words;
    }

    private static void collect(String text, List<String> words) {
        StringTokenizer tokens = new StringTokenizer(text);
        while (tokens.hasMoreTokens()) {
            words.add(tokens.nextToken());
        }
    }
}
