package io.atlas.telemetry;

import io.atlas.kernel.quota.Place;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * How full the limits of tenants and teams are, and those of upstream quotas. Those in shadow have a metric of their own: they refuse nothing and go
 * beyond what they allow, which must not look like a budget that is used up. The counters are asked once for both.
 */
record QuotaGauges(Supplier<List<LimitUse>> limits) implements MultiCollector {
    static void register(PrometheusRegistry registry, Supplier<List<LimitUse>> limits) {
        registry.register(new QuotaGauges(limits));
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder enforced = gauge(
                "atlas_quota_used_ratio", "Used share of the enforced limits of tenants and teams; above 1 is debt.");
        GaugeSnapshot.Builder shadow = gauge(
                "atlas_quota_shadow_used_ratio", "Used share of the limits in shadow; above 1 they would refuse.");
        GaugeSnapshot.Builder factor = gauge(
                "atlas_quota_factor",
                "What the hour and the load make of the declared amount, for the limits of tenants and teams that follow them.");
        Map<String, Double> pools = new TreeMap<>();
        for (LimitUse use : limits.get()) {
            if (use.limit().place() instanceof Place.OfPool of) {
                pools.merge(of.pool(), use.usedRatio(), Math::max);
            }
            GaugeSnapshot.Builder gauge = switch (use.limit().spec().mode()) {
                case ENFORCED -> enforced;
                case SHADOW -> shadow;
            };
            tenant(use.limit().place()).ifPresent(tenant -> {
                gauge.dataPoint(point(tenant, use, use.usedRatio()));
                use.factor().ifPresent(times -> factor.dataPoint(point(tenant, use, times)));
            });
        }
        GaugeSnapshot.Builder upstream =
                gauge("atlas_pool_used_ratio", "Used share of the fullest limit of an upstream quota.");
        pools.forEach((pool, ratio) -> upstream.dataPoint(GaugeDataPointSnapshot.builder()
                .value(ratio)
                .labels(Labels.of("pool", pool))
                .build()));
        return MetricSnapshots.of(enforced.build(), shadow.build(), factor.build(), upstream.build());
    }

    private static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    private static GaugeDataPointSnapshot point(String tenant, LimitUse use, double value) {
        return GaugeDataPointSnapshot.builder()
                .value(value)
                .labels(Labels.of("tenant", tenant, "limit", use.limit().id()))
                .build();
    }

    /** In whose label it stands: people and keys are never labels, the gateway and the models have no tenant. */
    private static Optional<String> tenant(Place place) {
        return switch (place) {
            case Place.OfTenant of -> Optional.of(of.tenant());
            case Place.OfStandIn of -> Optional.of(of.tenant());
            case Place.OfTeam of -> Optional.of(of.tenant());
            case Place.OfGateway _, Place.OfModel _, Place.OfPool _, Place.OfUser _, Place.OfKey _, Place.OfEndUser _ ->
                Optional.empty();
        };
    }
}
