package io.atlas.trace;

import io.atlas.dialect.openai.Route;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.unit.Usage;
import io.atlas.trace.SpanBytes.Name;
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
    private static final Name HTTP_REQUEST_METHOD = Name.of("http.request.method");
    private static final Name HTTP_ROUTE = Name.of("http.route");
    private static final Name OPERATION_NAME = Name.of("gen_ai.operation.name");
    private static final Name REQUEST_MODEL = Name.of("gen_ai.request.model");
    private static final Name REQUEST_STREAM = Name.of("gen_ai.request.stream");
    private static final Name REQUEST_MAX_TOKENS = Name.of("gen_ai.request.max_tokens");
    private static final Name ERROR_TYPE = Name.of("error.type");
    private static final Name DECISION = Name.of("atlas.decision");
    private static final Name TENANT = Name.of("atlas.tenant");
    private static final Name TEAM = Name.of("atlas.team");
    private static final Name TIER = Name.of("atlas.tier");
    private static final Name OUTCOME = Name.of("atlas.outcome");
    private static final Name COST_NANO_USD = Name.of("atlas.cost_nano_usd");
    private static final Name CONFIGURATION = Name.of("atlas.configuration");
    private static final Name BACKEND = Name.of("atlas.backend");
    private static final Name DEPLOYMENT = Name.of("atlas.deployment");
    private static final Name HTTP_RESPONSE_STATUS_CODE = Name.of("http.response.status_code");
    private static final Name RESPONSE_MODEL = Name.of("gen_ai.response.model");
    private static final Name PROVIDER_NAME = Name.of("gen_ai.provider.name");
    private static final Name USAGE_INPUT_TOKENS = Name.of("gen_ai.usage.input_tokens");
    private static final Name USAGE_CACHE_READ_INPUT_TOKENS = Name.of("gen_ai.usage.cache_read.input_tokens");
    private static final Name USAGE_OUTPUT_TOKENS = Name.of("gen_ai.usage.output_tokens");
    private static final Name USAGE_REASONING_OUTPUT_TOKENS = Name.of("gen_ai.usage.reasoning.output_tokens");
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
    private static boolean failed(Receipt receipt) {
        return receipt.reason().map(Reason::status).orElse(0) >= SERVER_ERRORS;
    }

    /** What is said of the whole request. */
    void describe(Receipt receipt, SpanBytes told) {
        Asked asked = receipt.asked();
        told.put(HTTP_REQUEST_METHOD, "POST").put(HTTP_ROUTE, asked.route());
        told.put(OPERATION_NAME, operation(asked));
        told.put(REQUEST_MODEL, asked.writableModel());
        told.put(REQUEST_STREAM, asked.answering() == Asked.Answering.STREAMED);
        asked.maxTokens().ifPresent(most -> told.put(REQUEST_MAX_TOKENS, most));
        receipt.served().ifPresent(served -> served(served, told));
        if (receipt.charge().charged()) {
            usage(receipt.charge().usage(), told);
        }
        receipt.reason().ifPresent(reason -> told.put(ERROR_TYPE, reason.code()));
        told.put(DECISION, receipt.id());
        told.put(TENANT, receipt.caller().tenant());
        receipt.caller().team().ifPresent(team -> told.put(TEAM, team));
        told.put(TIER, receipt.caller().tier());
        told.put(OUTCOME, receipt.outcome().word());
        told.put(COST_NANO_USD, receipt.costNanoUsd());
        told.put(CONFIGURATION, receipt.configuration());
        if (failed(receipt)) {
            told.isError();
        }
        Scarcest.of(receipt.steps()).ifPresent(scarcest -> scarcest.describe(told));
    }

    /** What is said of an attempt: a call of a model server, by the same conventions. */
    void describe(Receipt receipt, Step.Attempted attempt, SpanBytes told) {
        int at = attempt.deployment().lastIndexOf('@');
        String backend = attempt.deployment().substring(at + 1);
        told.put(OPERATION_NAME, operation(receipt.asked()));
        told.put(REQUEST_MODEL, attempt.deployment().substring(0, Math.max(0, at)));
        provider(backend, told);
        told.put(BACKEND, backend).put(DEPLOYMENT, attempt.deployment());
        if (attempt.status() > 0) {
            told.put(HTTP_RESPONSE_STATUS_CODE, attempt.status());
        }
        if (broken(attempt)) {
            told.put(ERROR_TYPE, attempt.ended()).isError();
        }
    }

    /** Whether the backend did not give what was asked of it. */
    private static boolean broken(Step.Attempted attempt) {
        return !attempt.ended().equals("served");
    }

    private void served(Served served, SpanBytes told) {
        told.put(RESPONSE_MODEL, served.model());
        told.put(BACKEND, served.backend());
        provider(served.backend(), told);
    }

    private void provider(String backend, SpanBytes told) {
        String provider = providers.apply(backend);
        if (!provider.isEmpty()) {
            told.put(PROVIDER_NAME, provider);
        }
    }

    private static void usage(Usage usage, SpanBytes told) {
        told.put(USAGE_INPUT_TOKENS, usage.inputTokens());
        told.put(USAGE_CACHE_READ_INPUT_TOKENS, usage.cachedInputTokens());
        told.put(USAGE_OUTPUT_TOKENS, usage.outputTokens());
        told.put(USAGE_REASONING_OUTPUT_TOKENS, usage.reasoningTokens());
    }

    private static String operation(Asked asked) {
        return switch (Route.at(asked.route()).orElse(Route.CHAT)) {
            case CHAT -> "chat";
            case COMPLETION -> "text_completion";
            case EMBEDDING -> "embeddings";
        };
    }
}
