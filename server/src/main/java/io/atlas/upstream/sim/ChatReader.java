package io.atlas.upstream.sim;

import io.atlas.upstream.sim.Delivery.UsageReport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the body of a chat completion, leniently: fields that the simulation has no use for are not looked at. */
final class ChatReader {
    private static final int MAX_CHOICES = 128;

    /** A body that was read: a request, or what is wrong with it. */
    sealed interface Parsed permits ChatRequest, Fault {}

    private ChatReader() {}

    static Parsed read(byte[] body) {
        JsonNode root;
        try {
            root = Json.tree(body);
        } catch (JacksonException malformed) {
            return Fault.malformed("The body is not JSON: " + malformed.getOriginalMessage());
        }
        Optional<Fault> fault = fault(root);
        return fault.isPresent() ? fault.get() : request(root);
    }

    private static Optional<Fault> fault(JsonNode root) {
        if (!root.isObject()) {
            return Optional.of(Fault.malformed("The body is not a JSON object."));
        }
        if (root.path("model").asString("").isEmpty()) {
            return Optional.of(Fault.invalid("model", "model: missing (expected: the name of a model)"));
        }
        JsonNode messages = root.path("messages");
        if (!messages.isArray() || messages.isEmpty() || !messages.valueStream().allMatch(JsonNode::isObject)) {
            return Optional.of(
                    Fault.invalid("messages", "messages: missing (expected: a list of at least one message)"));
        }
        return outside(root, "n", MAX_CHOICES)
                .or(() -> outside(root, "max_tokens", Integer.MAX_VALUE))
                .or(() -> outside(root, "max_completion_tokens", Integer.MAX_VALUE))
                .or(() -> ToolChoice.fault(root));
    }

    private static Optional<Fault> outside(JsonNode root, String field, int max) {
        JsonNode value = root.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value.canConvertToInt() && value.isIntegralNumber() && value.intValue() >= 1 && value.intValue() <= max) {
            return Optional.empty();
        }
        return Optional.of(Fault.invalid(field, field + ": " + value + " (expected: 1 to " + max + ")"));
    }

    private static ChatRequest request(JsonNode root) {
        JsonNode messages = root.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        String question = String.join(" ", texts(last));
        long cap = root.path("max_completion_tokens")
                .asLong(root.path("max_tokens").asLong(Long.MAX_VALUE));
        return new ChatRequest(
                root.path("model").asString(""),
                messages.size(),
                (int) messages.valueStream().filter(m -> m.hasNonNull("name")).count(),
                allTexts(root),
                question,
                root.path("seed").asLong(0),
                cap,
                root.path("n").asInt(1),
                ToolChoice.call(root, last.path("role").asString("").equals("user") ? question : ""),
                delivery(root));
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

    private static Delivery delivery(JsonNode root) {
        if (!root.path("stream").asBoolean(false)) {
            return new Delivery.Plain();
        }
        JsonNode options = root.path("stream_options");
        Set<UsageReport> usage = EnumSet.noneOf(UsageReport.class);
        if (options.path("include_usage").asBoolean(false)) {
            usage.add(UsageReport.FINAL);
        }
        if (options.path("continuous_usage_stats").asBoolean(false)) {
            usage.add(UsageReport.RUNNING);
        }
        return new Delivery.Stream(usage);
    }
}
