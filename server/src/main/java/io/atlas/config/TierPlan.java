package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Sla;
import io.atlas.kernel.tenant.Tier;
import java.util.List;
import java.util.Optional;

/**
 * A tier and the limits that each of its tenants has.
 *
 * @param whenLow what is done below the low-water mark of a limit, in this order; nothing, unless it is written
 * @param whenExhausted what stands in for its calendar limits once they are used up
 * @param sla how fast its answers are to be
 * @param prefer the backends that serve it rather than others
 */
public record TierPlan(
        Tier tier,
        List<LimitSpec> limits,
        List<Saving> whenLow,
        Optional<StandIn> whenExhausted,
        Sla sla,
        List<String> prefer) {
    /** Models that may serve then, in the order in which they are tried, and the limits that they are charged to. */
    public record StandIn(List<String> models, List<LimitSpec> limits) {
        public StandIn {
            models = List.copyOf(models);
            limits = List.copyOf(limits);
        }
    }

    public TierPlan {
        limits = List.copyOf(limits);
        whenLow = List.copyOf(whenLow);
        prefer = List.copyOf(prefer);
    }
}
