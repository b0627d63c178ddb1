package io.atlas.config;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reach;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.tenant.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whom a request is for, and every limit on its path but the models'.
 *
 * @param tier on whose terms it is served: the tenant's, or that of one of the people behind the key
 * @param tenantTier the tenant's
 * @param expiresAtMicros from this moment on the key is unknown; {@link Long#MAX_VALUE} where it has no end
 * @param reach the key's limits but those of its tenant, which depend on the tenant's tier
 * @param audience the people behind the key, where it speaks for any
 */
public record Principal(
        Caller caller,
        Tier tier,
        Tier tenantTier,
        Tenant.Disclosure disclosure,
        long expiresAtMicros,
        Reach reach,
        List<Limit> limits,
        Optional<Audience> audience) {
    public Principal {
        limits = List.copyOf(limits);
    }

    /** Whether it may ask for the model: both its own tier and its tenant's must allow it. */
    public boolean mayUse(Model model) {
        return tier.mayUse(model.name(), model.modelClass()) && tenantTier.mayUse(model.name(), model.modelClass());
    }

    /** The limits that a request served by the model must fit, from the widest to the narrowest. */
    public List<Limit> path(Model model, List<Limit> limitsOfModel) {
        List<Limit> path = new ArrayList<>(limits.size() + limitsOfModel.size());
        path.addAll(limitsOfModel);
        for (Limit limit : limits) {
            if (limit.spec().narrowing().covers(model.name(), model.modelClass())) {
                path.add(limit);
            }
        }
        return path;
    }
}
