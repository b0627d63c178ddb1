package io.atlas.telemetry;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The metrics by name: the contract's section 5, explained in docs/reference/metrics.md. */
final class Metrics {
    final PrometheusRegistry registry = new PrometheusRegistry();

    final Counter requests = counter(
            "atlas_requests_total", "Requests of known keys by how they ended.", "tier", "model", "outcome", "reason");
    final Counter tokens = counter(
            "atlas_tokens_total",
            "Tokens charged; cached_input is a part of input, reasoning a part of output.",
            "tenant",
            "tier",
            "model",
            "kind");
    final Counter costUsd =
            counter("atlas_cost_usd_total", "What tenants were charged, in US dollars.", "tenant", "tier", "model");
    final Counter providerCostUsd = counter(
            "atlas_provider_cost_usd_total",
            "What the deployments cost us that served what tenants were charged, in US dollars.",
            "tenant",
            "tier",
            "model");
    final Counter refusedCostUsd = counter(
            "atlas_refused_cost_usd_total",
            "What the reservations that limits refused would have cost, in US dollars.",
            "tier",
            "reason");
    final Counter downgrades = counter(
            "atlas_downgrades_total", "Requests held at a cheaper model than the one asked for.", "tier", "from", "to");
    final Counter shadowRefusals = counter(
            "atlas_shadow_refusals_total",
            "Times that a limit in shadow would have refused a request; limit is its sort.",
            "tenant",
            "limit");
    final Counter savedUsd = counter(
            "atlas_saved_usd_total",
            "What the served usage would have cost more as it was asked, in US dollars.",
            "tier",
            "by");
    final Counter backendErrors =
            counter("atlas_backend_errors_total", "Failed calls of a backend by kind.", "backend", "kind");
    final Counter corrections = counter(
            "atlas_quota_corrections_total",
            "Calendar limits of which the quota store had more or less than this node's ledger, and was set right.",
            "scope",
            "had");
    final Counter alertAttempts = counter(
            "atlas_alert_attempts_total", "Attempts to send an alert to a webhook, by what came of them.", "outcome");
    final Counter overshoots =
            counter("atlas_ledger_overshoot_total", "Settlements that charged more than was reserved for them.");

    final Histogram duration;
    final Histogram firstToken;

    final Histogram overhead = histogram(
            "atlas_gateway_overhead_seconds",
            "Time of a request that was spent inside the gateway, neither queued nor at the backend.",
            new double[] {.000_05, .000_1, .000_25, .000_5, .001, .002_5, .005, .01, .025, .05, .1, 1});
    final Histogram quotaCheck = histogram(
            "atlas_quota_check_seconds",
            "From the parsed body to the decision.",
            new double[] {
                .000_01, .000_025, .000_05, .000_1, .000_25, .000_5, .001, .002_5, .005, .007_5, .01, .015, .025, .05,
                .1, .25
            },
            "store");
    final Histogram queueWait = histogram(
            "atlas_queue_wait_seconds",
            "Time in the queue of the requests that had to wait.",
            new double[] {.001, .005, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
            "priority");

    final Gauge queueDepth = gauge("atlas_queue_depth", "Requests that wait for a backend.", "priority");
    final Gauge inflight = gauge("atlas_inflight", "Requests at a backend.", "backend");
    final Gauge backendUp = gauge("atlas_backend_up", "1 if the backend could last be reached, else 0.", "backend");

    /** Whether the times of requests lead to traces. */
    enum Exemplars {
        NONE,
        TRACES
    }

    Metrics(Sources sources, Exemplars exemplars) {
        duration = traced(
                exemplars,
                Histogram.builder()
                        .name("atlas_request_duration_seconds")
                        .help("From the first byte read to the end of the answer.")
                        .classicUpperBounds(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300));
        firstToken = traced(
                exemplars,
                Histogram.builder()
                        .name("atlas_time_to_first_token_seconds")
                        .help("From the first byte read to the first byte of the answer relayed.")
                        .classicUpperBounds(.01, .025, .05, .1, .2, .35, .5, .75, 1, 1.5, 2, 3, 5, 10, 30));
        ask(sources);
    }

    /** What is asked for at every scrape. */
    private void ask(Sources sources) {
        GaugeWithCallback.builder()
                .name("atlas_ledger_lag_records")
                .help("Finished requests that are not on the disk yet.")
                .callback(callback ->
                        callback.call((double) sources.ledgerLagRecords().getAsLong()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("atlas_quota_store_away")
                .help("1 while the quota store cannot be asked and this node gives out its own share, else 0.")
                .callback(callback -> callback.call((double) sources.storeAway().getAsLong()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("atlas_queue_fairness_bound")
                .help(
                        "The most by which two who wait can be apart in work done by weight, in tokens; output counts twice.")
                .labelNames("backend")
                .callback(callback ->
                        sources.queueBounds().get().forEach((backend, bound) -> callback.call(bound, backend)))
                .register(registry);
        CounterWithCallback.builder()
                .name("atlas_telemetry_dropped_total")
                .help("Traces, and lines of the access log, that found no room or nobody who took them.")
                .labelNames("what")
                .callback(callback -> sources.dropped().get().forEach((what, count) -> callback.call(count, what)))
                .register(registry);
    }

    private Histogram traced(Exemplars exemplars, Histogram.Builder histogram) {
        histogram.labelNames("tier", "model").classicOnly();
        return switch (exemplars) {
            case NONE -> histogram.withoutExemplars().register(registry);
            case TRACES -> histogram.withExemplars().register(registry);
        };
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    private Gauge gauge(String name, String help, String... labels) {
        return Gauge.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    private Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }
}
