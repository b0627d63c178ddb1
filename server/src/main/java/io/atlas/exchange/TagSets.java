package io.atlas.exchange;

import io.atlas.kernel.receipt.Tags;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which combinations of tags each tenant has used since this node began. They are counted, since the ledger sums by them:
 * one for every request would make its sums as long as itself.
 */
public final class TagSets {
    /** The most that one tenant may use. */
    public static final int MOST = 1_000;

    private final Map<String, Set<Tags>> used = new ConcurrentHashMap<>();

    /** Whether the tenant uses these already, or may use more; tenants are those of the configuration. */
    public boolean admits(String tenant, Tags tags) {
        Set<Tags> known = used.computeIfAbsent(tenant, _ -> ConcurrentHashMap.newKeySet());
        if (known.contains(tags)) {
            return true;
        }
        synchronized (known) {
            return known.size() < MOST && (known.add(tags) || known.contains(tags));
        }
    }
}
