package io.atlas.telemetry;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.kernel.unit.Usage;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The data points of one tenant, tier and model, found by one lookup per request instead of one for each metric. There
 * are no more of them than the configuration has such triples, {@code other} included.
 */
final class Series {
    static final double NANOS = 1e9;

    private final Metrics metrics;
    private final Names labels;
    private final DistributionDataPoint duration;
    private final DistributionDataPoint firstToken;
    private final Map<End, CounterDataPoint> requests = new ConcurrentHashMap<>();
    private final Map<Optional<Reason>, CounterDataPoint> refusedCostUsd = new ConcurrentHashMap<>();
    private volatile Optional<Tokens> tokens = Optional.empty();
    private final CounterDataPoint costUsd;
    private final CounterDataPoint providerCostUsd;

    /** The names that a request is counted by. */
    record Names(String tenant, String tier, String model) {}

    private record End(Outcome outcome, Optional<Reason> reason) {}

    /** The tokens that were charged. There are none before the first, so that a name that nothing is served by has none. */
    private record Tokens(
            CounterDataPoint input,
            CounterDataPoint cachedInput,
            CounterDataPoint output,
            CounterDataPoint reasoning) {}

    Series(Metrics metrics, Names labels) {
        this.metrics = metrics;
        this.labels = labels;
        duration = metrics.duration.labelValues(labels.tier, labels.model);
        firstToken = metrics.firstToken.labelValues(labels.tier, labels.model);
        costUsd = metrics.costUsd.labelValues(labels.tenant, labels.tier, labels.model);
        providerCostUsd = metrics.providerCostUsd.labelValues(labels.tenant, labels.tier, labels.model);
    }

    void count(Receipt receipt, Finished.Timings timings) {
        requests.computeIfAbsent(new End(receipt.outcome(), receipt.reason()), this::requests)
                .inc();
        Optional<TraceContext> trace = receipt.trace().flatMap(TraceContext::recorded);
        if (trace.isPresent()) {
            Labels exemplar = exemplar(trace.get());
            observe(duration, timings.total(), exemplar);
            observe(firstToken, timings.firstToken(), exemplar);
        } else {
            observe(duration, timings.total());
            observe(firstToken, timings.firstToken());
        }
        if (receipt.charge().charged()) {
            count(receipt.charge().usage());
            costUsd.inc(receipt.costNanoUsd() / NANOS);
            providerCostUsd.inc(receipt.providerCostNanoUsd() / NANOS);
        }
        if (receipt.refusedNanoUsd() > 0) {
            refusedCostUsd
                    .computeIfAbsent(receipt.reason(), this::refusedCostUsd)
                    .inc(receipt.refusedNanoUsd() / NANOS);
        }
    }

    /** Observes a time in nanoseconds; 0 says that it did not come to that. */
    static void observe(DistributionDataPoint point, long nanos) {
        if (nanos > 0) {
            point.observe(nanos / NANOS);
        }
    }

    /** The same, by which a trace is found. */
    private static void observe(DistributionDataPoint point, long nanos, Labels exemplar) {
        if (nanos > 0) {
            point.observeWithExemplar(nanos / NANOS, exemplar);
        }
    }

    private static Labels exemplar(TraceContext trace) {
        return Labels.of("trace_id", trace.traceId(), "span_id", TraceContext.hex(trace.spanId()));
    }

    private void count(Usage usage) {
        Tokens counts = tokens.orElseGet(this::firstTokens);
        counts.input.inc(usage.inputTokens());
        counts.cachedInput.inc(usage.cachedInputTokens());
        counts.output.inc(usage.outputTokens());
        counts.reasoning.inc(usage.reasoningTokens());
    }

    /** Whoever comes first; two who come at once make the same. */
    private Tokens firstTokens() {
        Tokens first = new Tokens(tokens("input"), tokens("cached_input"), tokens("output"), tokens("reasoning"));
        tokens = Optional.of(first);
        return first;
    }

    private CounterDataPoint tokens(String kind) {
        return metrics.tokens.labelValues(labels.tenant, labels.tier, labels.model, kind);
    }

    private CounterDataPoint requests(End end) {
        return metrics.requests.labelValues(labels.tier, labels.model, end.outcome.word(), word(end.reason));
    }

    private CounterDataPoint refusedCostUsd(Optional<Reason> reason) {
        return metrics.refusedCostUsd.labelValues(labels.tier, word(reason));
    }

    private static String word(Optional<Reason> reason) {
        return reason.map(Reason::code).orElse("none");
    }
}
