package io.atlas.store.redis;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.store.share.LimitsInForce;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the store calls its keys. Everything of one tenant has the same hash tag, so that a cluster keeps it on one
 * server. What is wider than a tenant has another.
 */
final class Names {
    /** What is written to see whether it can be. */
    static final String PROBE = "atlas:probe";

    /**
     * Raised whenever values or records are laid out in another way. Nodes of two versions then count each for themselves
     * until the older ones are replaced, and the ledgers tell the new counters what was charged; else one would misread
     * what the other has written.
     */
    private static final String LAYOUT = "2";

    /** The names of meters, of which a request needs a dozen and again a dozen when it ends: each is spelled once. */
    static final class Meters {
        /** More than are in force of most houses; those of people behind keys come and go. */
        private static final int MOST = 16_384;

        private final Map<String, byte[]> spelled = new ConcurrentHashMap<>();

        /** The meter of a limit. Nobody changes what is returned. */
        byte[] of(Limit limit) {
            byte[] known = spelled.get(limit.id());
            if (known != null) {
                return known;
            }
            if (spelled.size() >= MOST) {
                spelled.clear();
            }
            byte[] name = meter(limit);
            spelled.put(limit.id(), name);
            return name;
        }
    }

    private Names() {}

    /** The tag of a request that these limits bind: that of its tenant, where any of them is its tenant's. */
    static String tag(List<Limit> path) {
        return tag(path.getLast().place());
    }

    /** The tag of what is counted in a place. */
    static String tag(Place place) {
        return place.payer().orElseGet(place::path);
    }

    /** The tags of what is in force. */
    static Set<String> tags(LimitsInForce inForce) {
        Set<String> tags = new TreeSet<>();
        inForce.byId().values().forEach(limit -> tags.add(tag(limit.place())));
        inForce.guests().forEach(guest -> tags.add(tag(guest)));
        return tags;
    }

    /** The same limits, those of one tag together. */
    static Collection<List<Limit>> byTag(List<Limit> limits) {
        Map<String, List<Limit>> byTag = new LinkedHashMap<>();
        limits.forEach(limit -> byTag.computeIfAbsent(tag(limit.place()), _ -> new ArrayList<>())
                .add(limit));
        return byTag.values();
    }

    /** The meter of a limit. */
    static byte[] meter(Limit limit) {
        return bytes(all(tag(limit.place())) + "m:" + limit.id());
    }

    /** What each node has charged to a limit. */
    static byte[] charged(Limit limit) {
        return bytes(all(tag(limit.place())) + "m:" + limit.id() + ":n");
    }

    /** The record of a reservation. */
    static byte[] record(String tag, String reservation) {
        return bytes(records(tag) + reservation);
    }

    /** What the record of every reservation begins with. */
    static String records(String tag) {
        return all(tag) + "r:";
    }

    /** When reservations expire. */
    static byte[] index(String tag) {
        return bytes(all(tag) + "x");
    }

    /** That what a node has counted is here. */
    static byte[] mark(String tag, String node) {
        return bytes(all(tag) + "n:" + node);
    }

    private static String all(String tag) {
        return "atlas:" + LAYOUT + ":{" + tag + "}:";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
