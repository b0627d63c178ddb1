package io.atlas.config;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Reach;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.tenant.Tier;
import io.atlas.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whom a request is for, and by which paths.
 *
 * @param tier on whose terms it is served: the tenant's, or that of one of the people behind the key
 * @param tenantTier the tenant's
 * @param expiresAtMicros from this moment on the key is unknown; {@link Long#MAX_VALUE} where it has no end
 * @param reach the key's limits but those of its tenant, which depend on the tenant's tier
 * @param paths the limits that bind it, on the way to each model
 * @param audience the people behind the key, where it speaks for any
 */
public record Principal(
        Caller caller,
        Tier tier,
        Tier tenantTier,
        Tenant.Disclosure disclosure,
        long expiresAtMicros,
        Reach reach,
        Paths paths,
        Optional<Audience> audience) {
    /** Whether it may ask for the model: both its own tier and its tenant's must allow it. */
    public boolean mayUse(Model model) {
        return tier.mayUse(model.name(), model.modelClass()) && tenantTier.mayUse(model.name(), model.modelClass());
    }

    /** Every limit on its path but the models', from the widest to the narrowest. */
    public List<Limit> limits() {
        return paths.limits;
    }

    /**
     * Every limit on the way of one principal but the models' own, and its path to each model. A path is made when it is
     * first taken: few take all of them.
     */
    public static final class Paths {
        private final List<Limit> limits;
        private final Map<String, LimitPath> byModel = new ConcurrentHashMap<>();

        /** Through these limits, from the widest to the narrowest. */
        public Paths(List<Limit> limits) {
            this.limits = List.copyOf(limits);
        }

        /** The limits that a request served by the model must fit. The models are those of one snapshot. */
        LimitPath to(Model model, List<Limit> limitsOfModel) {
            LimitPath known = byModel.get(model.name());
            return known == null ? byModel.computeIfAbsent(model.name(), _ -> path(model, limitsOfModel)) : known;
        }

        private LimitPath path(Model model, List<Limit> limitsOfModel) {
            List<Limit> path = new ArrayList<>(limits.size() + limitsOfModel.size());
            path.addAll(limitsOfModel);
            for (Limit limit : limits) {
                if (limit.spec().narrowing().covers(model.name(), model.modelClass())) {
                    path.add(limit);
                }
            }
            return new LimitPath(path);
        }
    }
}
