package io.atlas.telemetry;

import io.atlas.config.Configuration;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Scope;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.tenant.Caller;
import io.atlas.telemetry.Metrics.Exemplars;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Telemetry as metrics for Prometheus. A name that the configuration once had keeps its series until the process ends,
 * so that a gauge which went up under a name comes down under it.
 */
public final class Prometheus implements Telemetry {
    private static final String OTHER = "other";
    private static final List<String> ALERT_OUTCOMES = List.of("delivered", "retried", "failed", "gone", "dropped");
    private static final String LESS = "less";
    private static final String MORE = "more";
    private static final int MAX_ERROR_KINDS = 32;

    private final Sources sources;
    private final Metrics metrics;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final DistributionDataPoint quotaCheck;
    private final Map<Series.Names, Series> series = new ConcurrentHashMap<>();
    private final Map<String, GaugeDataPoint> inflight = new ConcurrentHashMap<>();
    private final Map<Integer, GaugeDataPoint> queueDepth = new ConcurrentHashMap<>();
    private final Set<String> errorKinds = ConcurrentHashMap.newKeySet();

    /** Starts counting from zero. */
    public Prometheus(Sources sources) {
        this.sources = sources;
        boolean traced = sources.configuration().get().telemetry().traces().isPresent();
        this.metrics = new Metrics(sources, traced ? Exemplars.TRACES : Exemplars.NONE);
        QuotaGauges.register(metrics.registry, sources.limits());
        CapacityGauges.register(metrics.registry, sources.rooms(), sources.standings());
        // From 0, so that the first of them is an increase.
        ALERT_OUTCOMES.forEach(metrics.alertAttempts::initLabelValues);
        for (Scope scope : Scope.values()) {
            metrics.corrections.initLabelValues(scope.word(), LESS);
            metrics.corrections.initLabelValues(scope.word(), MORE);
        }
        this.quotaCheck = metrics.quotaCheck.labelValues(sources.store());
    }

    @Override
    public void finished(Receipt receipt, Timings timings) {
        series(receipt).count(receipt, timings);
        receipt.steps().forEach(step -> count(receipt.caller(), step));
        Series.observe(quotaCheck, timings.quotaCheck());
        Series.observe(metrics.overhead, timings.overhead());
        if (timings.queued() > 0) {
            Series.observe(metrics.queueWait.labelValues(priority(receipt.caller())), timings.queued());
        }
    }

    private void count(Caller caller, Step step) {
        switch (step) {
            case Step.Downgraded moved ->
                metrics.downgrades
                        .labelValues(knownTier(caller), knownModel(moved.from()), knownModel(moved.to()))
                        .inc();
            case Step.Saved saved ->
                metrics.savedUsd.labelValues(knownTier(caller), saved.by()).inc(saved.nanoUsd() / Series.NANOS);
            case Step.Shadowed shadowed ->
                shadowed.limits()
                        .forEach(limit -> metrics.shadowRefusals
                                .labelValues(
                                        known(
                                                caller.tenant(),
                                                sources.configuration().get().tenants()),
                                        limit.sort())
                                .inc());
            default -> {
                // What else was done is counted elsewhere.
            }
        }
    }

    private String knownTier(Caller caller) {
        return known(caller.tier(), sources.configuration().get().tiers());
    }

    private String knownModel(String model) {
        return known(model, sources.configuration().get().models());
    }

    @Override
    public void inflight(String backend, int change) {
        inflightOf(backend).inc(change);
    }

    @Override
    public void queued(int priority, int change) {
        depthOf(priority).inc(change);
    }

    @Override
    public void backendError(String backend, String kind) {
        metrics.backendErrors
                .labelValues(knownBackend(backend), knownKind(kind))
                .inc();
    }

    @Override
    public void overshot() {
        metrics.overshoots.inc();
    }

    @Override
    public void backendUp(String backend, Reach reach) {
        metrics.backendUp.labelValues(knownBackend(backend)).set(reach == Reach.UP ? 1 : 0);
    }

    /** The store had not what the ledger has of that limit, and was given so much more. */
    public void corrected(Limit limit, long byUnits) {
        metrics.corrections
                .labelValues(limit.place().scope().word(), byUnits > 0 ? LESS : MORE)
                .inc();
    }

    /** An alert was sent, or is not sent any more; {@code outcome} is one of few words. */
    public void alertAttempted(String outcome) {
        metrics.alertAttempts.labelValues(outcome).inc();
    }

    /** All metrics, in the format that the {@code Accept} header prefers: plain text unless it asks for OpenMetrics. */
    public Exposition exposition(String accept) {
        Configuration configuration = sources.configuration().get();
        configuration.backends().keySet().forEach(this::inflightOf);
        configuration.tiers().values().forEach(plan -> depthOf(plan.tier().priority()));
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 14);
        try {
            writer.write(body, metrics.registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return new Exposition(writer.getContentType(), body.toString(StandardCharsets.UTF_8));
    }

    /** Sums of what was counted since the start. */
    public Totals totals() {
        SortedMap<String, Long> requests = new TreeMap<>();
        SortedMap<String, Long> refused = new TreeMap<>();
        for (CounterDataPointSnapshot point : metrics.requests.collect().getDataPoints()) {
            long count = (long) point.getValue();
            requests.merge(point.getLabels().get("outcome"), count, Long::sum);
            if (Outcome.REFUSED.word().equals(point.getLabels().get("outcome"))) {
                refused.merge(point.getLabels().get("reason"), count, Long::sum);
            }
        }
        return new Totals(requests, refused, tokens("input"), tokens("output"));
    }

    private long tokens(String kind) {
        return (long) metrics.tokens.collect().getDataPoints().stream()
                .filter(point -> kind.equals(point.getLabels().get("kind")))
                .mapToDouble(CounterDataPointSnapshot::getValue)
                .sum();
    }

    private Series series(Receipt receipt) {
        String model = receipt.served()
                .map(Served::model)
                .orElseGet(() -> receipt.asked().model());
        Series.Names told =
                new Series.Names(receipt.caller().tenant(), receipt.caller().tier(), model);
        Series known = series.get(told);
        return known == null ? series.computeIfAbsent(known(told), labels -> new Series(metrics, labels)) : known;
    }

    private Series.Names known(Series.Names told) {
        Configuration configuration = sources.configuration().get();
        return new Series.Names(
                known(told.tenant(), configuration.tenants()),
                known(told.tier(), configuration.tiers()),
                known(told.model(), configuration.models()));
    }

    private static String known(String name, Map<String, ?> names) {
        return names.containsKey(name) ? name : OTHER;
    }

    private String knownBackend(String name) {
        return inflight.containsKey(name)
                ? name
                : known(name, sources.configuration().get().backends());
    }

    private String knownKind(String kind) {
        if (errorKinds.size() < MAX_ERROR_KINDS) {
            errorKinds.add(kind);
        }
        return errorKinds.contains(kind) ? kind : OTHER;
    }

    private GaugeDataPoint inflightOf(String backend) {
        return inflight.computeIfAbsent(knownBackend(backend), metrics.inflight::labelValues);
    }

    private GaugeDataPoint depthOf(int priority) {
        GaugeDataPoint known = queueDepth.get(priority);
        if (known != null) {
            return known;
        }
        return hasPriority(priority)
                ? queueDepth.computeIfAbsent(priority, number -> metrics.queueDepth.labelValues(number.toString()))
                : metrics.queueDepth.labelValues(OTHER);
    }

    private boolean hasPriority(int priority) {
        return sources.configuration().get().tiers().values().stream()
                .anyMatch(plan -> plan.tier().priority() == priority);
    }

    /** Of the tier on whose terms it is served, but not above the tenant's. */
    private String priority(Caller caller) {
        Configuration configuration = sources.configuration().get();
        TierPlan plan = configuration.tiers().get(caller.tier());
        Tenant tenant = configuration.tenants().get(caller.tenant());
        TierPlan ofTenant = tenant == null ? plan : configuration.tiers().get(tenant.tier());
        return plan == null || ofTenant == null
                ? OTHER
                : Integer.toString(plan.tier().notBefore(ofTenant.tier()).priority());
    }
}
