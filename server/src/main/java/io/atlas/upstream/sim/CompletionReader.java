package io.atlas.upstream.sim;

import io.atlas.upstream.sim.Body.Input;
import io.atlas.upstream.sim.Body.Parsed;
import io.atlas.upstream.sim.Script.Shape;
import io.atlas.upstream.sim.TextRequest.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the body of a completion, leniently. */
final class CompletionReader {
    /** What OpenAI's own servers write where the caller gives no bound. */
    private static final long DEFAULT_MAX_TOKENS = 16;

    private CompletionReader() {}

    static Parsed read(byte[] body) {
        return Body.read(body, CompletionReader::read);
    }

    private static Parsed read(JsonNode root) {
        List<Input> inputs = Body.inputs(root.path("prompt"));
        if (inputs.isEmpty()) {
            return Fault.invalid("prompt", "prompt: missing (expected: a text, token ids, or a list of either)");
        }
        Optional<Fault> fault = Body.boundsFault(root);
        return fault.isPresent() ? fault.get() : request(root, inputs);
    }

    private static TextRequest request(JsonNode root, List<Input> inputs) {
        List<Prompt> prompts = inputs.stream().map(input -> prompt(root, input)).toList();
        return new TextRequest(
                Shape.COMPLETION,
                root.path("model").asString(""),
                prompts,
                root.path("seed").asLong(0),
                root.path("max_tokens").asLong(DEFAULT_MAX_TOKENS),
                root.path("n").asInt(1),
                Optional.empty(),
                Body.delivery(root));
    }

    private static Prompt prompt(JsonNode root, Input input) {
        List<String> texts = new ArrayList<>(input.texts());
        root.path("suffix").asStringOpt().ifPresent(texts::add);
        return new Prompt(texts, input.tokenIds(), input.text());
    }
}
