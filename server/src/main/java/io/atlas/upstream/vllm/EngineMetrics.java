package io.atlas.upstream.vllm;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The metrics of one server, with the names, labels and buckets of vLLM; what it once renamed stands under both
 * names. Owned by the server's event loop.
 */
public final class EngineMetrics {
    /** Callers name models, so there is a bound on how many are told apart. */
    private static final int MAX_MODELS = 100;

    private static final String OTHER = "other";
    private static final String[] LABELS = {"model_name", "engine"};
    private static final String[] ENDS = {"model_name", "engine", "finished_reason"};
    private static final double[] FIRST_TOKEN = {
        .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
    };
    private static final double[] BETWEEN_TOKENS = {
        .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    private static final double[] WHOLE = {
        .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };

    final Gauge running = gauge("vllm:num_requests_running", "Requests that are being answered.");
    final Gauge waiting = gauge("vllm:num_requests_waiting", "Requests that wait for a place.");
    final Gauge cacheUsed = gauge("vllm:kv_cache_usage_perc", "Share of the places that are taken, 1 is all.");
    final Gauge cacheUsedOld = gauge("vllm:gpu_cache_usage_perc", "The older name of vllm:kv_cache_usage_perc.");
    final Counter promptTokens = counter("vllm:prompt_tokens_total", "Input tokens of the answers begun.", LABELS);
    final Counter generationTokens = counter("vllm:generation_tokens_total", "Output tokens generated.", LABELS);
    final Counter finished = counter("vllm:request_success_total", "Requests that ended, by why.", ENDS);
    final Histogram firstToken =
            histogram("vllm:time_to_first_token_seconds", "From arrival to the first token.", FIRST_TOKEN);
    final Histogram betweenTokens =
            histogram("vllm:inter_token_latency_seconds", "From a token to the next.", BETWEEN_TOKENS);
    final Histogram betweenTokensOld = histogram(
            "vllm:time_per_output_token_seconds",
            "The older name of vllm:inter_token_latency_seconds.",
            BETWEEN_TOKENS);
    final Histogram whole = histogram("vllm:e2e_request_latency_seconds", "From arrival to the end.", WHOLE);
    final Histogram queued = histogram("vllm:request_queue_time_seconds", "From arrival to a place.", WHOLE);

    private final PrometheusRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final int places;
    private final Map<String, Engine> engines = new HashMap<>();

    /** What is told: the type and the text. */
    public record Exposition(String contentType, String body) {}

    /**
     * Metrics at zero.
     *
     * @param model that is told of before the first request
     * @param places how many requests are answered at once
     */
    public EngineMetrics(String model, int places) {
        this.registry = new PrometheusRegistry();
        this.places = places;
        registry.register(running);
        registry.register(waiting);
        registry.register(cacheUsed);
        registry.register(cacheUsedOld);
        registry.register(promptTokens);
        registry.register(generationTokens);
        registry.register(finished);
        registry.register(firstToken);
        registry.register(betweenTokens);
        registry.register(betweenTokensOld);
        registry.register(whole);
        registry.register(queued);
        engine(model);
    }

    /** A request comes. */
    public Course arrive(String model, long promptTokens, long nowNanos) {
        return new Course(engine(model), promptTokens, nowNanos);
    }

    /** All of it, in the format that the {@code Accept} header prefers. */
    public Exposition exposition(String accept) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 13);
        try {
            writer.write(body, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return new Exposition(writer.getContentType(), body.toString(StandardCharsets.UTF_8));
    }

    private Engine engine(String model) {
        String name = engines.size() < MAX_MODELS || engines.containsKey(model) ? model : OTHER;
        return engines.computeIfAbsent(name, known -> new Engine(this, known, places));
    }

    private static Gauge gauge(String name, String help) {
        return Gauge.builder()
                .name(name)
                .help(help)
                .labelNames(LABELS)
                .withoutExemplars()
                .build();
    }

    private static Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .build();
    }

    private static Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(LABELS)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .build();
    }
}
