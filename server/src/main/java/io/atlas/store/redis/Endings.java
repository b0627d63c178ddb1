package io.atlas.store.redis;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether what the requests that ended lately have used is still counted: not if that was before the last recount, which
 * threw it away. A line of the ledger that the recount did not see asks here.
 */
final class Endings {
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
    synchronized void counted(String reservation) {
        countedIn.put(reservation, recounts);
    }

    synchronized void recount() {
        recounts++;
    }

    synchronized boolean lost(String reservation) {
        return countedIn.getOrDefault(reservation, recounts) < recounts;
    }
}
