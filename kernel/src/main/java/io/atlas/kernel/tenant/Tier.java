package io.atlas.kernel.tenant;

import java.util.List;

/**
 * A plan that tenants are on.
 *
 * @param priority higher is served first
 * @param weight share within the same priority, at least 1
 * @param models what its callers may ask for
 */
public record Tier(String name, int priority, int weight, List<ModelPattern> models) {
    public Tier {
        models = List.copyOf(models);
    }

    /** The same tier, served no earlier than the other. */
    public Tier notBefore(Tier other) {
        return priority <= other.priority ? this : new Tier(name, other.priority, weight, models);
    }

    /** Whether callers of this tier may use the model. */
    public boolean mayUse(String model, String modelClass) {
        for (ModelPattern pattern : models) {
            if (pattern.covers(model, modelClass)) {
                return true;
            }
        }
        return false;
    }
}
