package io.atlas.upstream.vllm;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import java.util.EnumMap;
import java.util.Map;

/** The data points of one model. vLLM numbers its engines; here each model has one, number 0. */
final class Engine {
    private static final String NUMBER = "0";
    private static final double NANOS = 1e9;

    private final int places;
    private final GaugeDataPoint running;
    private final GaugeDataPoint waiting;
    private final GaugeDataPoint cacheUsed;
    private final GaugeDataPoint cacheUsedOld;
    private final CounterDataPoint promptTokens;
    private final CounterDataPoint generationTokens;
    private final DistributionDataPoint firstToken;
    private final DistributionDataPoint betweenTokens;
    private final DistributionDataPoint betweenTokensOld;
    private final DistributionDataPoint whole;
    private final DistributionDataPoint queued;
    private final Map<Course.End, CounterDataPoint> finished = new EnumMap<>(Course.End.class);

    Engine(EngineMetrics metrics, String model, int places) {
        this.places = places;
        running = metrics.running.labelValues(model, NUMBER);
        waiting = metrics.waiting.labelValues(model, NUMBER);
        cacheUsed = metrics.cacheUsed.labelValues(model, NUMBER);
        cacheUsedOld = metrics.cacheUsedOld.labelValues(model, NUMBER);
        promptTokens = metrics.promptTokens.labelValues(model, NUMBER);
        generationTokens = metrics.generationTokens.labelValues(model, NUMBER);
        firstToken = metrics.firstToken.labelValues(model, NUMBER);
        betweenTokens = metrics.betweenTokens.labelValues(model, NUMBER);
        betweenTokensOld = metrics.betweenTokensOld.labelValues(model, NUMBER);
        whole = metrics.whole.labelValues(model, NUMBER);
        queued = metrics.queued.labelValues(model, NUMBER);
        for (Course.End end : Course.End.values()) {
            finished.put(end, metrics.finished.labelValues(model, NUMBER, end.word()));
        }
    }

    void waits(int change) {
        waiting.inc(change);
    }

    void runs(int change) {
        running.inc(change);
        cacheUsed.set(running.get() / places);
        cacheUsedOld.set(running.get() / places);
    }

    void queued(long nanos) {
        queued.observe(nanos / NANOS);
    }

    void begins(long prompt, long nanos) {
        promptTokens.inc(prompt);
        firstToken.observe(nanos / NANOS);
    }

    void generated(long tokens) {
        generationTokens.inc(tokens);
    }

    void steps(long count, long nanosEach) {
        for (long step = 0; step < count; step++) {
            betweenTokens.observe(nanosEach / NANOS);
            betweenTokensOld.observe(nanosEach / NANOS);
        }
    }

    void ends(Course.End end, long nanos) {
        CounterDataPoint point = finished.get(end);
        if (point != null) {
            point.inc();
        }
        whole.observe(nanos / NANOS);
    }
}
