package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Ask.Output;
import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.feature.Features;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads a body for {@code POST /v1/completions}. */
final class CompletionReader extends RequestReader {
    /** Prompts of one request, each of which is answered for itself. */
    private static final int MAX_PROMPTS = 128;

    private static final int MAX_LOGPROBS = 20;

    private final OutputFields output;
    private final PromptReader prompt = new PromptReader("prompt", MAX_PROMPTS);
    private int bestOf = 1;
    private boolean suffixed;
    private boolean likelihoods;

    CompletionReader(byte[] body) {
        super(Route.COMPLETION, body);
        this.output = new OutputFields(body);
    }

    @Override
    void field(JsonParser json, String name) {
        switch (name) {
            case "prompt" -> prompt.read(json);
            case "best_of" -> bestOf = OutputFields.answers(json, name);
            case "logprobs" -> {
                numberOrZero(json, name, MAX_LOGPROBS);
                likelihoods = json.currentToken() != JsonToken.VALUE_NULL;
            }
            case "suffix" -> suffix(json);
            case "echo" -> echo(json);
            case OpenAiRequest.MAX_COMPLETION_TOKENS ->
                throw new WrongField(name, name + ": is not a field of a completion (expected: max_tokens)");
            default -> output.field(json, name);
        }
    }

    @Override
    Ask ask(String named, long bytes) {
        if (bestOf > 1 && bestOf < output.choices()) {
            throw new WrongField("best_of", "best_of: " + bestOf + " (expected: at least n, " + output.choices() + ")");
        }
        int drafts = Math.max(bestOf, output.choices());
        if (drafts > output.choices() && output.delivery() == Delivery.STREAMED) {
            throw new WrongField("best_of", "best_of: more than n in a stream (the best are known at the end only)");
        }
        int prompts = prompt.count();
        if (suffixed && prompts > 1) {
            throw new WrongField("suffix", "suffix: beside several prompts (expected: one prompt)");
        }
        Output wanted = new Output(output.maxTokens(), output.choices() * prompts, drafts * prompts);
        Features needs = likelihoods ? output.needs().with(Feature.LOGPROBS) : output.needs();
        return new Ask(named, output.delivery(), wanted, streamOptions().usage(), prompt.size(bytes), needs);
    }

    @Override
    StreamOptions streamOptions() {
        return output.streamOptions();
    }

    private void suffix(JsonParser json) {
        suffixed = json.currentToken() == JsonToken.VALUE_STRING;
        if (!suffixed && json.currentToken() != JsonToken.VALUE_NULL) {
            throw new WrongField("suffix", "suffix: not a text (expected: a string)");
        }
    }

    /** Some backends count an echoed prompt as output and some do not, and one cannot be told from the other beforehand. */
    private static void echo(JsonParser json) {
        if (flag(json, "echo")) {
            throw new WrongField("echo", "echo: is not accepted by this gateway, since it cannot be metered");
        }
    }
}
