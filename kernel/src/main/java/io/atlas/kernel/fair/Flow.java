package io.atlas.kernel.fair;

import io.atlas.kernel.unit.Check;

/**
 * In whose name a request waits. All requests of a tenant with one priority share what the tenant is due; within it, its
 * teams share alike.
 *
 * @param team the name of the team, empty for what sits directly under the tenant
 * @param priority the band; higher is served first
 * @param weight the tenant's share within the band
 */
public record Flow(String tenant, String team, int priority, int weight) {
    /** The largest weight. */
    static final int MAX_WEIGHT = 1_000;

    public Flow {
        Check.within(1, weight, MAX_WEIGHT, "weight");
    }
}
