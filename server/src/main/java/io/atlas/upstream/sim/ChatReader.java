package io.atlas.upstream.sim;

import io.atlas.tokenizer.Template;
import io.atlas.upstream.sim.Body.Parsed;
import io.atlas.upstream.sim.Script.Shape;
import io.atlas.upstream.sim.TextRequest.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the body of a chat completion, leniently. */
final class ChatReader {
    /** What GPT-4o counts for an image of 1024 x 1024 pixels. */
    private static final long IMAGE_TOKENS = 765;

    private ChatReader() {}

    static Parsed read(byte[] body) {
        return Body.read(body, ChatReader::read);
    }

    private static Parsed read(JsonNode root) {
        JsonNode messages = root.path("messages");
        if (!messages.isArray() || messages.isEmpty() || !messages.valueStream().allMatch(JsonNode::isObject)) {
            return Fault.invalid("messages", "messages: missing (expected: a list of at least one message)");
        }
        Optional<Fault> fault = Body.boundsFault(root).or(() -> ToolChoice.fault(root));
        return fault.isPresent() ? fault.get() : request(root);
    }

    private static TextRequest request(JsonNode root) {
        JsonNode messages = root.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        String question = String.join(" ", texts(last));
        long cap = root.path("max_completion_tokens")
                .asLong(root.path("max_tokens").asLong(Long.MAX_VALUE));
        return new TextRequest(
                Shape.CHAT,
                root.path("model").asString(""),
                List.of(new Prompt(allTexts(root), otherTokens(messages), question)),
                root.path("seed").asLong(0),
                cap,
                root.path("n").asInt(1),
                ToolChoice.call(root, last.path("role").asString("").equals("user") ? question : ""),
                Body.delivery(root));
    }

    private static long otherTokens(JsonNode messages) {
        long names = messages.valueStream().filter(m -> m.hasNonNull("name")).count();
        long images = messages.valueStream()
                .flatMap(message -> message.path("content").valueStream())
                .filter(part -> part.has("image_url"))
                .count();
        return Template.OPENAI.tokens(messages.size(), names) + images * IMAGE_TOKENS;
    }

    /** Tools are put before a model as text too, so that their definitions count. */
    private static List<String> allTexts(JsonNode root) {
        List<String> all = new ArrayList<>();
        for (JsonNode message : root.path("messages").values()) {
            all.addAll(texts(message));
            message.path("name").asStringOpt().ifPresent(all::add);
            for (JsonNode call : message.path("tool_calls").values()) {
                all.add(call.path("function").path("name").asString(""));
                all.add(call.path("function").path("arguments").asString(""));
            }
        }
        for (JsonNode tool : root.path("tools").values()) {
            all.add(Json.text(tool));
        }
        return all;
    }

    /** Content is a string, or a list of parts of which some are text. */
    private static List<String> texts(JsonNode message) {
        JsonNode content = message.path("content");
        if (content.isString()) {
            return List.of(content.asString());
        }
        return content.valueStream()
                .map(part -> part.path("text").asString(""))
                .filter(text -> !text.isEmpty())
                .toList();
    }
}
