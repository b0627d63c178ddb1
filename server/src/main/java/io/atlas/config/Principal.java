package io.atlas.config;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.tenant.Tier;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a key stands for, and every limit on its path but the models'.
 *
 * @param expiresAtMicros from this moment on the key is unknown; {@link Long#MAX_VALUE} where it has no end
 */
public record Principal(
        Caller caller, Tier tier, Tenant.Disclosure disclosure, long expiresAtMicros, List<Limit> limits) {
    public Principal {
        limits = List.copyOf(limits);
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
