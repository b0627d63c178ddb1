package io.atlas.store.share;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this node's configuration says of each limit, whatever a request that began before says of it.
 *
 * @param byId those in force
 * @param retired since when those are in force no more that lately were
 * @param guests tenants of whom perhaps nothing is in force, but whose end users have limits
 */
public record LimitsInForce(Map<String, Limit> byId, Map<String, Long> retired, Set<Place.OfTenant> guests) {
    /** No request lives longer: after that time nobody asks for a limit of the past. */
    private static final long REQUEST_MICROS = 3_600_000_000L;

    public static final LimitsInForce NONE = new LimitsInForce(Map.of(), Map.of(), Set.of());

    public LimitsInForce {
        byId = Map.copyOf(byId);
        retired = Map.copyOf(retired);
        guests = Set.copyOf(guests);
    }

    /** The same with these guests, too. */
    public LimitsInForce with(Set<Place.OfTenant> more) {
        Set<Place.OfTenant> all = new HashSet<>(guests);
        all.addAll(more);
        return new LimitsInForce(byId, retired, all);
    }

    public LimitsInForce followedBy(List<Limit> next, long nowMicros) {
        Map<String, Long> past = new HashMap<>(retired);
        past.values().removeIf(sinceMicros -> sinceMicros < nowMicros - REQUEST_MICROS);
        byId.keySet().forEach(id -> past.put(id, nowMicros));
        Map<String, Limit> all = HashMap.newHashMap(next.size());
        next.forEach(limit -> all.put(limit.id(), limit));
        past.keySet().removeAll(all.keySet());
        return new LimitsInForce(all, past, guests);
    }

    /** The same, of which those that are among these say what they say here. */
    public LimitsInForce saying(List<Limit> limits) {
        Map<String, Limit> all = new HashMap<>(byId);
        limits.forEach(limit -> all.computeIfPresent(limit.id(), (_, _) -> limit));
        return new LimitsInForce(all, retired, guests);
    }

    /** Those of these limits that are in force. */
    public List<Limit> among(List<Limit> limits) {
        return limits.stream().filter(limit -> byId.containsKey(limit.id())).toList();
    }

    /** Those of the path that bind: who still asks for one that is in force no more is not held to it. */
    public List<Limit> binding(List<Limit> path) {
        List<Limit> binding = new ArrayList<>(path.size());
        for (Limit limit : path) {
            if (!retired.containsKey(limit.id())) {
                binding.add(byId.getOrDefault(limit.id(), limit));
            }
        }
        return binding;
    }
}
