package io.atlas.trace;

import io.atlas.config.TelemetrySettings.TraceSettings;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.telemetry.Backlog;
import io.atlas.telemetry.Finished;
import io.atlas.time.TimeSource;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Traces that are sent to a collector by OTLP over HTTP. What a request costs is its ids and a place in a queue; the spans
 * are made and sent by a thread of their own, a batch at a time and none twice.
 */
public final class Tracing implements Traces, Finished, AutoCloseable {
    private static final Backlog.Terms TERMS = new Backlog.Terms("traces", 2_048, 256, Duration.ofMillis(250));
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** It would write a line of its own for what the backlog tells. Held, as a logger that nobody holds forgets its level. */
    private static final Logger EXPORTERS = Logger.getLogger("io.opentelemetry");

    private final Traces sampler;
    private final Spans spans;
    private final SpanExporter exporter;
    private final Backlog<Receipt> backlog;

    private Tracing(TraceSettings settings, Spans spans, TimeSource time) {
        this.sampler = new Sampler(settings.samplePerMille());
        this.spans = spans;
        this.exporter = exporter(settings);
        this.backlog = Backlog.start(TERMS, this::export, time);
    }

    /**
     * Begins to trace.
     *
     * @param node the name of this node
     * @param providers the kind of server behind the backend of a name; empty where there is no such backend
     */
    public static Tracing start(
            TraceSettings settings, String node, Function<String, String> providers, TimeSource time) {
        EXPORTERS.setLevel(Level.OFF);
        return new Tracing(settings, new Spans(new Conventions(providers), node), time);
    }

    private static SpanExporter exporter(TraceSettings settings) {
        OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.endpoint() + "/v1/traces")
                .setTimeout(PATIENCE)
                .setRetryPolicy(null);
        settings.headers().forEach((name, value) -> builder.addHeader(name, value.reveal()));
        return builder.build();
    }

    @Override
    public Optional<TraceContext> of(MultiMap headers) {
        return sampler.of(headers);
    }

    @Override
    public void finished(Receipt receipt, Timings timings) {
        if (receipt.trace().flatMap(TraceContext::recorded).isPresent()) {
            backlog.add(receipt);
        }
    }

    /** How many traces were dropped since the start. */
    public long dropped() {
        return backlog.dropped();
    }

    @Override
    public void close() {
        backlog.close();
        exporter.close();
    }

    private Optional<String> export(List<Receipt> receipts) {
        CompletableResultCode sent = exporter.export(spans.of(receipts));
        sent.join(PATIENCE.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        if (sent.isSuccess()) {
            return Optional.empty();
        }
        Throwable failure = sent.getFailureThrowable();
        return Optional.of(failure == null ? "the collector does not answer" : failure.toString());
    }
}
