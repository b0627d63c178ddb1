package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.tenant.Tier;
import java.util.List;

/** A tier and the limits that each of its tenants has. */
public record TierPlan(Tier tier, List<LimitSpec> limits) {
    public TierPlan {
        limits = List.copyOf(limits);
    }
}
