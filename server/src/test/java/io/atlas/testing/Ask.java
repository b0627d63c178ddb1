package io.atlas.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** What the upstream understands of a request, which came by that path. */
record Ask(String path, String mark, JsonNode root) {
    /** Where a model is asked for something. */
    static final String CHAT = "/v1/chat/completions";

    static final String COMPLETION = "/v1/completions";
    static final String EMBEDDING = "/v1/embeddings";

    /** What every image counts, and more than any text of these tests has. */
    private static final long IMAGE_TOKENS = 1_000;

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
        return new Ask(request.path(), headers.getOrDefault("x-oracle-id", inBody), root);
    }

    String model() {
        return root.path("model").asString("");
    }

    boolean is(String route) {
        return path.equals(route);
    }

    /** Answers that are given. */
    int choices() {
        return prompts().size() * choicesOfPrompt();
    }

    /** Answers that are made, of which the best are given. */
    int drafts() {
        return prompts().size() * root.path("best_of").asInt(choicesOfPrompt());
    }

    private int choicesOfPrompt() {
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

    /** The id of the call that answers it: another for each question. */
    String callId() {
        return "call_" + Integer.toHexString(question().hashCode());
    }

    boolean endsWithResult() {
        JsonNode messages = root.path("messages");
        return role(messages.path(messages.size() - 1)).equals("tool");
    }

    /** Whether the results of every call follow it at once, and each follows its call. */
    boolean callsHaveResults() {
        Set<String> open = new HashSet<>();
        for (JsonNode message : root.path("messages").values()) {
            boolean result = role(message).equals("tool");
            if (result != !open.isEmpty()
                    || (result && !open.remove(message.path("tool_call_id").asString("")))) {
                return false;
            }
            message.path("tool_calls")
                    .valueStream()
                    .map(call -> call.path("id").asString(""))
                    .forEach(open::add);
        }
        return open.isEmpty();
    }

    private static String role(JsonNode message) {
        return message.path("role").asString("");
    }

    /** The words of all contents, and all token ids. */
    long promptTokens() {
        return prompts().stream().mapToLong(this::tokens).sum();
    }

    /** The same of the prompt that a choice answers. */
    long promptTokens(int choice) {
        return tokens(prompts().get(choice / choicesOfPrompt()));
    }

    /** What is answered each for itself: all messages together, or each of several texts. */
    List<JsonNode> prompts() {
        if (is(CHAT)) {
            return List.of(root.path("messages"));
        }
        JsonNode asked = root.path(is(COMPLETION) ? "prompt" : "input");
        boolean several = asked.path(0).isString() || asked.path(0).isArray();
        return several ? List.copyOf(asked.values()) : List.of(asked);
    }

    private long tokens(JsonNode prompt) {
        if (is(CHAT)) {
            return prompt.valueStream().mapToLong(Ask::tokensOfMessage).sum();
        }
        List<String> words = new ArrayList<>();
        collect(prompt.asString(""), words);
        collect(root.path("suffix").asString(""), words);
        return (long) prompt.size() + words.size();
    }

    private static long tokensOfMessage(JsonNode message) {
        long images = message.path("content")
                .valueStream()
                .filter(part -> part.has("image_url"))
                .count();
        return words(message).size() + images * IMAGE_TOKENS;
    }

    /** The words of the last message, or of the first prompt. */
    List<String> question() {
        if (!is(CHAT)) {
            List<String> words = new ArrayList<>();
            collect(prompts().getFirst().asString(""), words);
            return words;
        }
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
