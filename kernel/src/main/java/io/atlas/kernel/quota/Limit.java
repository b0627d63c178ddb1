package io.atlas.kernel.quota;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A limit in its place.
 *
 * @param id {@code PATH:KIND/PER[@MODEL|#CLASS][~EACH]}; the amount is no part of it, so that changing it keeps what is used
 * @param place where it sits: whose requests it counts
 * @param from who declared it: {@code tier} or the word of the declaring place's scope
 * @param spec what it says
 * @param zone whose calendar its windows follow
 */
public record Limit(String id, Place place, String from, LimitSpec spec, ZoneId zone) {
    private static final String TIER = "tier";

    /** A limit that the place itself declares. */
    public static Limit of(Place place, LimitSpec spec, ZoneId zone) {
        return new Limit(id(place, spec), place, place.scope().word(), spec, zone);
    }

    /**
     * The limits that a tier gives to a place. What it declares for each concerns those below a tenant, so that is not
     * among them.
     */
    public static List<Limit> ofTier(Place place, List<LimitSpec> tier, ZoneId zone) {
        String path = place.path();
        List<Limit> limits = new ArrayList<>(tier.size());
        for (LimitSpec spec : tier) {
            if (spec.each().isEmpty()) {
                limits.add(new Limit(path + ":" + spec.sort(), place, TIER, spec, zone));
            }
        }
        return limits;
    }

    /**
     * A tenant's limits: those of its tier, each replaced by the tenant's own of the same kind, period,
     * narrowing and each.
     * Nothing else overrides anything.
     */
    public static List<Limit> ofTenant(Place.OfTenant tenant, List<LimitSpec> tier, List<LimitSpec> own, ZoneId zone) {
        Map<String, LimitSpec> replaced = new HashMap<>();
        own.forEach(spec -> replaced.put(spec.sort(), spec));
        List<Limit> limits = new ArrayList<>();
        for (LimitSpec spec : tier) {
            if (!replaced.containsKey(spec.sort())) {
                limits.add(new Limit(id(tenant, spec), tenant, TIER, spec, zone));
            }
        }
        own.forEach(spec -> limits.add(of(tenant, spec, zone)));
        return List.copyOf(limits);
    }

    /**
     * The limits that stand in for those of a tenant's tier. What they count is counted on no limit that they stand in for.
     */
    public static List<Limit> ofStandIn(Place.OfStandIn place, List<LimitSpec> specs, ZoneId zone) {
        return specs.stream()
                .map(spec -> new Limit(id(place, spec), place, TIER, spec, zone))
                .toList();
    }

    /** The same, which says something else. */
    public Limit saying(LimitSpec other) {
        return new Limit(id, place, from, other, zone);
    }

    /** Whether others may stand in for it: it is a tenant's by its tier, and follows the calendar. */
    public boolean replaceable() {
        return from.equals(TIER) && spec.calendar() && ofTenantOrEach();
    }

    /** Whether it is one of those limits of a tenant by its tier which have these sorts. */
    public boolean isAmong(Collection<String> sorts) {
        return !sorts.isEmpty() && ofTenantOrEach() && sorts.contains(spec.sort());
    }

    private boolean ofTenantOrEach() {
        return place instanceof Place.OfTenant || spec.each().isPresent();
    }

    /** The part of a limit declared for each that one of them has. */
    Limit of(Place one, ZoneId calendar) {
        return new Limit(id(one, spec), one, from, spec, calendar);
    }

    private static String id(Place place, LimitSpec spec) {
        return place.path() + ":" + spec.sort();
    }
}
