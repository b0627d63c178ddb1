package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import java.util.List;
import java.util.Map;

/**
 * Everything that the operator decides, valid as a whole: every name that it mentions exists.
 *
 * @param version {@code sha256:} and the digest of what it was read from
 * @param quota where the counters are kept
 * @param limits of the whole gateway
 * @param tiers by name
 */
public record Configuration(
        String version,
        ServerSettings server,
        QuotaSettings quota,
        Durability durability,
        List<LimitSpec> limits,
        Map<String, Backend> backends,
        Map<String, Model> models,
        Map<String, TierPlan> tiers,
        Map<String, Tenant> tenants) {
    public Configuration {
        limits = List.copyOf(limits);
        backends = Map.copyOf(backends);
        models = Map.copyOf(models);
        tiers = Map.copyOf(tiers);
        tenants = Map.copyOf(tenants);
    }
}
