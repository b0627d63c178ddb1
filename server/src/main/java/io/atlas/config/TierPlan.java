package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.tenant.Tier;
import java.util.List;

/**
 * A tier and the limits that each of its tenants has.
 *
 * @param whenLow what is done below the low-water mark of a limit, in this order; nothing, unless it is written
 */
public record TierPlan(Tier tier, List<LimitSpec> limits, List<Saving> whenLow) {
    public TierPlan {
        limits = List.copyOf(limits);
        whenLow = List.copyOf(whenLow);
    }
}
