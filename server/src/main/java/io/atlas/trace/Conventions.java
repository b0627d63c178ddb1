package io.atlas.trace;

import io.atlas.dialect.openai.Route;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.unit.Usage;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.function.Function;

/**
 * What a request is called in a trace: the one place that knows the names of OpenTelemetry's conventions for generative
 * AI, which are still in development, and for HTTP. Atlas's own names are its receipt's, behind {@code atlas.}.
 *
 * <p>No prompt, answer, key or name of a person is ever among them.
 *
 * @see <a href="https://github.com/open-telemetry/semantic-conventions-genai">semantic conventions for generative AI</a>
 */
final class Conventions {
    private static final int SERVER_ERRORS = 500;

    private final Function<String, String> providers;

    /**
     * The conventions.
     *
     * @param providers the kind of server behind the backend of a name; empty where there is no such backend
     */
    Conventions(Function<String, String> providers) {
        this.providers = providers;
    }

    /** The name of the request's own span. A model that there is not is no part of it, so that there are few names. */
    String name(Receipt receipt) {
        Asked asked = receipt.asked();
        return receipt.price().isEmpty() ? operation(asked) : operation(asked) + " " + asked.writableModel();
    }

    /** Whether it counts as an error in a trace: where it was not the caller's or his limits' doing. */
    boolean failed(Receipt receipt) {
        return receipt.reason().map(Reason::status).orElse(0) >= SERVER_ERRORS;
    }

    /** What is said of the whole request. */
    void describe(Receipt receipt, AttributesBuilder told) {
        Asked asked = receipt.asked();
        told.put("http.request.method", "POST").put("http.route", asked.route());
        told.put("gen_ai.operation.name", operation(asked));
        told.put("gen_ai.request.model", asked.writableModel());
        told.put("gen_ai.request.stream", asked.answering() == Asked.Answering.STREAMED);
        asked.maxTokens().ifPresent(most -> told.put("gen_ai.request.max_tokens", most));
        receipt.served().ifPresent(served -> served(served, told));
        if (receipt.charge().charged()) {
            usage(receipt.charge().usage(), told);
        }
        receipt.reason().ifPresent(reason -> told.put("error.type", reason.code()));
        told.put("atlas.decision", receipt.id());
        told.put("atlas.tenant", receipt.caller().tenant());
        receipt.caller().team().ifPresent(team -> told.put("atlas.team", team));
        told.put("atlas.tier", receipt.caller().tier());
        told.put("atlas.outcome", receipt.outcome().word());
        told.put("atlas.cost_nano_usd", receipt.costNanoUsd());
        told.put("atlas.configuration", receipt.configuration());
        Scarcest.of(receipt.steps()).ifPresent(scarcest -> scarcest.describe(told));
    }

    /** What is said of an attempt: a call of a model server, by the same conventions. */
    void describe(Receipt receipt, Step.Attempted attempt, AttributesBuilder told) {
        int at = attempt.deployment().lastIndexOf('@');
        String backend = attempt.deployment().substring(at + 1);
        told.put("gen_ai.operation.name", operation(receipt.asked()));
        told.put("gen_ai.request.model", attempt.deployment().substring(0, Math.max(0, at)));
        provider(backend, told);
        told.put("atlas.backend", backend).put("atlas.deployment", attempt.deployment());
        if (attempt.status() > 0) {
            told.put("http.response.status_code", attempt.status());
        }
        if (broken(attempt)) {
            told.put("error.type", attempt.ended());
        }
    }

    /** Whether the backend did not give what was asked of it. */
    boolean broken(Step.Attempted attempt) {
        return !attempt.ended().equals("served");
    }

    private void served(Served served, AttributesBuilder told) {
        told.put("gen_ai.response.model", served.model());
        told.put("atlas.backend", served.backend());
        provider(served.backend(), told);
    }

    private void provider(String backend, AttributesBuilder told) {
        String provider = providers.apply(backend);
        if (!provider.isEmpty()) {
            told.put("gen_ai.provider.name", provider);
        }
    }

    private static void usage(Usage usage, AttributesBuilder told) {
        told.put("gen_ai.usage.input_tokens", usage.inputTokens());
        told.put("gen_ai.usage.cache_read.input_tokens", usage.cachedInputTokens());
        told.put("gen_ai.usage.output_tokens", usage.outputTokens());
        told.put("gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
    }

    private static String operation(Asked asked) {
        return switch (Route.at(asked.route()).orElse(Route.CHAT)) {
            case CHAT -> "chat";
            case COMPLETION -> "text_completion";
            case EMBEDDING -> "embeddings";
        };
    }
}
