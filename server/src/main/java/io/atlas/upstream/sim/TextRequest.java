package io.atlas.upstream.sim;

import io.atlas.upstream.sim.Script.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What the simulation needs to know of a request for text.
 *
 * @param prompts each of which is answered for itself
 * @param seed the caller's own, which varies the answer
 * @param maxTokens of one choice, with its hidden tokens
 * @param choices answers to each prompt
 * @param call the tool that the answer must call, where it must
 */
record TextRequest(
        Shape shape,
        String model,
        List<Prompt> prompts,
        long seed,
        long maxTokens,
        int choices,
        Optional<Tool> call,
        Delivery delivery)
        implements Body.Parsed {
    TextRequest {
        prompts = List.copyOf(prompts);
    }

    /**
     * A prompt.
     *
     * @param texts everything in it that is counted as input
     * @param otherTokens of its template, or of token ids
     * @param question what the answer is about
     */
    record Prompt(List<String> texts, long otherTokens, String question) {
        Prompt {
            texts = List.copyOf(texts);
        }
    }

    /** A function that the model may call, with the JSON Schema of its arguments. */
    record Tool(String name, JsonNode parameters) {}

    /** How the client wants its answer. */
    sealed interface Delivery {
        /** Whole. */
        record Plain() implements Delivery {}

        /** Token by token. */
        record Stream(Set<UsageReport> usage) implements Delivery {
            public Stream {
                usage = Set.copyOf(usage);
            }
        }
    }

    /** Where a stream tells its usage. */
    enum UsageReport {
        /** In a chunk of its own after the last token: {@code include_usage}. */
        FINAL,
        /** In every chunk, as it stands: {@code continuous_usage_stats}, as vLLM has it. */
        RUNNING
    }
}
