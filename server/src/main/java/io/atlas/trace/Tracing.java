package io.atlas.trace;

import io.atlas.config.TelemetrySettings.TraceSettings;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.telemetry.Backlog;
import io.atlas.telemetry.Finished;
import io.atlas.time.TimeSource;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Traces that are sent to a collector. What a request costs is its ids and a place in a queue; the spans are made and sent
 * by a thread of their own, a batch at a time and none twice.
 */
public final class Tracing implements Traces, Finished, AutoCloseable {
    private static final Backlog.Terms TERMS = new Backlog.Terms("traces", 4_096, 1_024, Duration.ofMillis(100));

    private final Traces sampler;
    private final Conventions conventions;
    private final Collector collector;
    private final Backlog<Receipt> backlog;
    private Spans spans;

    private Tracing(TraceSettings settings, Conventions conventions, String node, TimeSource time) {
        this.sampler = new Sampler(settings.samplePerMille());
        this.conventions = conventions;
        this.spans = new Spans(conventions);
        this.collector = new Collector(settings, node);
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
        return new Tracing(settings, new Conventions(providers), node, time);
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
        collector.close();
    }

    private Optional<String> export(List<Receipt> receipts) {
        Optional<String> refused = collector.take(spans.of(receipts));
        if (refused.isPresent()) {
            // What was given up may still be on its way, with bytes that must not become others.
            spans = new Spans(conventions);
        }
        return refused;
    }
}
