package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * An organisation.
 *
 * @param zone calendar of its days, weeks and months
 * @param limits its own, beside and instead of its tier's
 * @param disclosure whether it is told that a model exists which its tier may not use
 */
public record Tenant(
        String name,
        String tier,
        ZoneId zone,
        List<LimitSpec> limits,
        Map<String, Team> teams,
        Members members,
        Disclosure disclosure) {
    /** What a refusal gives away. */
    public enum Disclosure {
        FULL,
        MINIMAL
    }

    public Tenant {
        limits = List.copyOf(limits);
        teams = Map.copyOf(teams);
    }
}
