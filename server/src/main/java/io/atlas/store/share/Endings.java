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
    /** As many as lines may wait to be written: from its settlement to its line a request needs milliseconds, mostly. */
    private static final int MOST = 65_536;

    private final Map<String, Integer> countedIn = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST;
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

    /**
     * Its line is written: those of the limits on which what it used is not counted, which is all of them, or those it did
     * not hold. It is asked once.
     */
    public List<Limit> uncounted(List<Limit> limits, Reservation settled) {
        if (lost(settled.id())) {
            return limits;
        }
        List<String> held =
                settled.taken().stream().map(taken -> taken.limit().id()).toList();
        return limits.stream().filter(limit -> !held.contains(limit.id())).toList();
    }

    private synchronized boolean lost(String reservation) {
        Integer counted = countedIn.remove(reservation);
        return counted != null && counted < recounts;
    }
}
