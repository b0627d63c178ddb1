package io.atlas.config;

import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reach;
import io.atlas.kernel.unit.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The people behind a key, with the terms that each of them has. What is common to them is here once: an end user's own
 * limits are made when they are needed, and nothing but counters is kept of him.
 *
 * @param key the key that speaks for them
 * @param tiers those that may be claimed, by name
 * @param shared what is declared for each end user by the places above
 * @param zone the calendar of their tenant
 */
public record Audience(
        Place.OfKey key, Key.EndUsers terms, Map<String, TierPlan> tiers, List<Limit> shared, ZoneId zone) {
    /** For how long somebody who asks for nothing is remembered at least: longer than a month of any calendar. */
    private static final long LEAST_DAYS = 32;

    /** For how long at most. */
    public static final long MOST_DAYS = 367;

    private static final double DAY_MICROS = TimeUnit.DAYS.toMicros(1);

    public Audience {
        tiers = Map.copyOf(tiers);
        shared = List.copyOf(shared);
    }

    /** The limits that one of them has for himself on that tier. */
    public List<Limit> limits(String person, String tier) {
        Place.OfEndUser place = new Place.OfEndUser(key, person);
        List<Limit> limits = new ArrayList<>(new Reach(shared, Map.of(Each.END_USER, place), zone).limits());
        TierPlan plan = tiers.get(tier);
        if (plan != null) {
            limits.addAll(Limit.ofTier(place, plan.limits(), zone));
        }
        return limits;
    }

    /** The limits that one of them may have counters of, whatever tier was claimed for him. */
    public List<Limit> allLimits(String person) {
        return Stream.concat(Stream.of(""), tiers.keySet().stream())
                .flatMap(tier -> limits(person, tier).stream())
                .distinct()
                .toList();
    }

    /** The caller that a request of the key is from if it is for that person, on one of the tiers that may be claimed. */
    public Principal principal(Principal ofKey, String person, String tier) {
        TierPlan plan = tiers.get(tier);
        if (plan == null) {
            throw new IllegalArgumentException("tier: " + tier + " (expected: one of " + tiers.keySet() + ")");
        }
        List<Limit> limits = new ArrayList<>(ofKey.limits());
        limits.addAll(limits(person, tier));
        return new Principal(
                ofKey.caller().behind(person, tier),
                plan.tier().notBefore(ofKey.tenantTier()),
                ofKey.tenantTier(),
                ofKey.disclosure(),
                ofKey.expiresAtMicros(),
                ofKey.reach(),
                new Principal.Paths(limits),
                ofKey.audience());
    }

    /**
     * For how long somebody who asks for nothing is remembered, in microseconds: until nothing that he may have used counts any
     * more, but for at least 32 days and at most 367.
     */
    public long memoryMicros() {
        Stream<LimitSpec> ofTiers = tiers.values().stream().flatMap(plan -> plan.limits().stream());
        return Stream.concat(ofTiers, shared.stream().map(Limit::spec))
                .mapToLong(Audience::runsOutInDays)
                .map(TimeUnit.DAYS::toMicros)
                .reduce(TimeUnit.DAYS.toMicros(LEAST_DAYS), Math::max);
    }

    /** After how many days nothing is left of what was used, not even where a zone changes its clocks. */
    private static long runsOutInDays(LimitSpec spec) {
        if (spec.per().isEmpty()) {
            return LEAST_DAYS;
        }
        Period per = spec.per().orElseThrow();
        return switch (per) {
            case SECOND, MINUTE, HOUR ->
                (long) Math.min(
                        MOST_DAYS, Math.ceil((double) per.micros() * spec.burst() / spec.amount() / DAY_MICROS));
            case DAY, WEEK, MONTH -> LEAST_DAYS;
            case QUARTER -> 93;
            case YEAR -> MOST_DAYS;
        };
    }
}
