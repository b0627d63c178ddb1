package io.atlas.store.share;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The calendar limits of end users that this node has charged lately: they are in force with whoever asks, and nowhere
 * else are they all. Some thousands are known at a time; what is beyond is charged again, or never looked at.
 */
public final class LatelyCharged {
    private static final int MOST = 10_000;

    /** Guarded by this. */
    private Map<String, Limit> limits = new HashMap<>();

    /** This one was charged, whosever it is. */
    public void add(Limit charged) {
        if (charged.place() instanceof Place.OfEndUser && charged.spec().calendar()) {
            keep(charged);
        }
    }

    private synchronized void keep(Limit limit) {
        if (limits.size() < MOST) {
            limits.put(limit.id(), limit);
        }
    }

    /** Those since this was asked last. */
    public synchronized List<Limit> take() {
        List<Limit> taken = List.copyOf(limits.values());
        limits = new HashMap<>();
        return taken;
    }
}
