package io.atlas.store.share;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether what the requests that ended lately have used is still counted: not if that was before the last recount, which
 * threw it away. A line of the ledger that the recount did not see asks here.
 */
public final class Endings {
    /** From its settlement to its line a request needs milliseconds. */
    private static final int LATELY = 65_536;

    private final Map<String, Integer> countedIn = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > LATELY;
        }
    };

    private int recounts;

    /** It is counted, or will be. */
    public synchronized void counted(String reservation) {
        countedIn.put(reservation, recounts);
    }

    public synchronized void recount() {
        recounts++;
    }

    /** Those of the limits on which what that reservation used is not counted: all of them, or those it did not hold. */
    public List<Limit> uncounted(List<Limit> limits, Reservation settled) {
        if (lost(settled.id())) {
            return limits;
        }
        List<String> held =
                settled.taken().stream().map(taken -> taken.limit().id()).toList();
        return limits.stream().filter(limit -> !held.contains(limit.id())).toList();
    }

    private synchronized boolean lost(String reservation) {
        return countedIn.getOrDefault(reservation, recounts) < recounts;
    }
}
