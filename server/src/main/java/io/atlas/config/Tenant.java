package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.route.Saving;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An organisation.
 *
 * @param zone calendar of its days, weeks and months
 * @param limits its own, beside and instead of its tier's
 * @param whenLow what is done below the low-water mark of a limit, instead of what its tier says
 * @param prefer the backends that serve it rather than others, instead of those that its tier says
 * @param disclosure whether it is told that a model exists which its tier may not use
 */
public record Tenant(
        String name,
        String tier,
        ZoneId zone,
        List<LimitSpec> limits,
        Map<String, Team> teams,
        Members members,
        Optional<List<Saving>> whenLow,
        Optional<List<String>> prefer,
        Disclosure disclosure) {
    /** What a refusal gives away. */
    public enum Disclosure {
        FULL,
        MINIMAL
    }

    public Tenant {
        limits = List.copyOf(limits);
        teams = Map.copyOf(teams);
        whenLow = whenLow.map(List::copyOf);
        prefer = prefer.map(List::copyOf);
    }
}
