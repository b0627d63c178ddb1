package io.atlas.store.share;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;

/**
 * What this node has given out of one limit, and is not in what the server was last heard to say of it. It counts until
 * the server was told of all of it, and has said how full the limit is with it.
 */
final class Part {
    private final Limit whole;
    private final Meter meter;
    private int open;
    private int untold;
    private boolean asked;

    /**
     * Nothing is given out yet.
     *
     * @param whole the limit that all nodes share
     * @param meter of this node's part of it
     */
    Part(Limit whole, Meter meter) {
        this.whole = whole;
        this.meter = meter;
    }

    Limit whole() {
        return whole;
    }

    Meter meter() {
        return meter;
    }

    /** By how many requests it is held. */
    int open() {
        return open;
    }

    void given() {
        open++;
        asked = false;
    }

    void released() {
        open = Math.max(0, open - 1);
    }

    void settled() {
        released();
        untold += whole.spec().per().isPresent() ? 1 : 0;
    }

    void told() {
        untold = Math.max(0, untold - 1);
    }

    /** All that has ended is counted at the server: from the ledger. */
    void recounted() {
        untold = 0;
    }

    /** Whether the server knows all of it; what it says from now on is asked for. */
    boolean ask() {
        asked = open == 0 && untold == 0;
        return asked;
    }

    /** Whether nothing was given out since the server was asked. */
    boolean asked() {
        return asked;
    }
}
