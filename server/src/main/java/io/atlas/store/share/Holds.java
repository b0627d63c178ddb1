package io.atlas.store.share;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Taken;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What open requests of this node hold where all nodes count, by the names that it has there. */
public final class Holds {
    private final Map<String, Reservation> open = new ConcurrentHashMap<>();

    private final LatelyCharged lately = new LatelyCharged();

    /** Of limits on requests at once, by how many it is held; guarded by itself. */
    private final Map<String, Integer> atOnce = new HashMap<>();

    /** It is held there; returns it. */
    public Reservation add(Reservation reservation) {
        if (open.put(reservation.id(), reservation) == null) {
            count(reservation, 1);
        }
        return reservation;
    }

    /** It is not held any more; false where it was not before. */
    public boolean remove(String id) {
        Reservation gone = open.remove(id);
        if (gone == null) {
            return false;
        }
        count(gone, -1);
        gone.taken().forEach(taken -> lately.add(taken.limit()));
        return true;
    }

    /** Those that were charged when they ended. */
    public LatelyCharged lately() {
        return lately;
    }

    /** Whether that is held. */
    public boolean has(String id) {
        return open.containsKey(id);
    }

    /** All that is held. */
    public Collection<Reservation> all() {
        return open.values();
    }

    /** How many of them hold a limit on requests at once. */
    public int atOnce(Limit limit) {
        synchronized (atOnce) {
            return atOnce.getOrDefault(limit.id(), 0);
        }
    }

    private void count(Reservation reservation, int by) {
        for (Taken taken : reservation.taken()) {
            if (taken.limit().spec().kind() == Kind.CONCURRENT) {
                count(taken.limit().id(), by);
            }
        }
    }

    private void count(String limit, int by) {
        synchronized (atOnce) {
            int sum = atOnce.getOrDefault(limit, 0) + by;
            if (sum == 0) {
                atOnce.remove(limit);
            } else {
                atOnce.put(limit, sum);
            }
        }
    }
}
