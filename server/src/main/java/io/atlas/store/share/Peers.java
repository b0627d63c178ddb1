package io.atlas.store.share;

import java.util.Collection;
import java.util.Set;

/**
 * The nodes that share the server, as they were seen last. A server that has lost something has all of it again only when
 * every one of them has told what it had counted: until then it would give away once more what another has used. Who was
 * there a moment ago is waited for, and for no longer than {@link #PATIENCE_NANOS}: he may be dead.
 */
public final class Peers {
    static final long PATIENCE_NANOS = 3_000_000_000L;

    private Set<String> seen = Set.of();
    private boolean waiting;
    private long sinceNanos;

    /** These are there, this node among them. */
    public synchronized void saw(Collection<String> nodes) {
        seen = Set.copyOf(nodes);
    }

    /** This node has told the server everything: from now on the others are waited for. */
    public synchronized void await(long nowNanos) {
        waiting = true;
        sinceNanos = nowNanos;
    }

    /**
     * Whether there is nobody left to wait for.
     *
     * @param told who has told the server everything, too
     */
    public synchronized boolean complete(Collection<String> told, long nowNanos) {
        waiting = waiting && !told.containsAll(seen) && nowNanos - sinceNanos < PATIENCE_NANOS;
        return !waiting;
    }
}
