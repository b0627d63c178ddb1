package io.atlas.upstream.sim;

import io.atlas.upstream.sim.TextRequest.Delivery;
import io.atlas.upstream.sim.TextRequest.UsageReport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What the bodies of all routes have in common. Fields that the simulation has no use for are not looked at. */
final class Body {
    private static final int MAX_CHOICES = 128;

    /** A body that was read: a request, or what is wrong with it. */
    sealed interface Parsed permits TextRequest, Embeddings, Fault {}

    /**
     * What a prompt without messages is.
     *
     * @param text for which it stands; of token ids their numbers
     * @param tokenIds how many, where it is token ids
     */
    record Input(String text, long tokenIds) {
        /** The texts in it that are to be counted. */
        List<String> texts() {
            return tokenIds > 0 ? List.of() : List.of(text);
        }
    }

    private Body() {}

    /** Reads a JSON object that names a model. */
    static Parsed read(byte[] body, Function<JsonNode, Parsed> route) {
        JsonNode root;
        try {
            root = Json.tree(body);
        } catch (JacksonException malformed) {
            return Fault.malformed("The body is not JSON: " + malformed.getOriginalMessage());
        }
        if (!root.isObject()) {
            return Fault.malformed("The body is not a JSON object.");
        }
        if (root.path("model").asString("").isEmpty()) {
            return Fault.invalid("model", "model: missing (expected: the name of a model)");
        }
        return route.apply(root);
    }

    /** What is wrong with the fields that bound an answer, if anything is. */
    static Optional<Fault> boundsFault(JsonNode root) {
        return outside(root, "n", MAX_CHOICES)
                .or(() -> outside(root, "max_tokens", Integer.MAX_VALUE))
                .or(() -> outside(root, "max_completion_tokens", Integer.MAX_VALUE));
    }

    /** Whether a field is there and not a whole number from 1 to that. */
    static Optional<Fault> outside(JsonNode root, String field, int max) {
        JsonNode value = root.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value.canConvertToInt() && value.isIntegralNumber() && value.intValue() >= 1 && value.intValue() <= max) {
            return Optional.empty();
        }
        return Optional.of(Fault.invalid(field, field + ": " + value + " (expected: 1 to " + max + ")"));
    }

    /** A text, texts, token ids, or lists of token ids; empty where it is none of them. */
    static List<Input> inputs(JsonNode value) {
        if (value.isString()) {
            return List.of(new Input(value.asString(), 0));
        }
        if (!value.isEmpty() && value.valueStream().allMatch(JsonNode::isIntegralNumber)) {
            return List.of(new Input(Json.text(value), value.size()));
        }
        List<Input> inputs = new ArrayList<>();
        for (JsonNode one : value.values()) {
            inputs.addAll(inputs(one));
        }
        return inputs;
    }

    /** How the answer is to come. */
    static Delivery delivery(JsonNode root) {
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
