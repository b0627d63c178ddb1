package io.atlas.store.share;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the server is asked at all: after some failures in a row over a time that is no mere pause, or before this node has told it what it counted, it is
 * not, until somebody who looks after it says that it is well.
 */
public final class Breaker {
    private static final int FAILURES = 5;

    /** All that is under way fails together in one pause, of this process or of the server, and it is there again after it. */
    private static final long PAUSE_NANOS = 100_000_000;

    private final LongSupplier nanos;
    private int failures;
    private long failingSinceNanos;
    private boolean open = true;
    private long sinceNanos;

    /** Open: nothing is known of the server yet. */
    public Breaker(LongSupplier nanos) {
        this.nanos = nanos;
        sinceNanos = nanos.getAsLong();
    }

    public synchronized boolean open() {
        return open;
    }

    /** For how long it is open. */
    public synchronized Duration openFor() {
        return open ? Duration.ofNanos(nanos.getAsLong() - sinceNanos) : Duration.ZERO;
    }

    public synchronized void succeeded() {
        failures = 0;
    }

    /** One more failure; says whether it is the one that opens it. */
    public synchronized boolean failed() {
        long nowNanos = nanos.getAsLong();
        if (failures == 0) {
            failingSinceNanos = nowNanos;
        }
        failures++;
        return failures >= FAILURES && nowNanos - failingSinceNanos >= PAUSE_NANOS && trip();
    }

    /** Opens it at once; says whether it was closed. */
    public synchronized boolean trip() {
        boolean closed = !open;
        if (closed) {
            open = true;
            sinceNanos = nanos.getAsLong();
        }
        return closed;
    }

    public synchronized void close() {
        open = false;
        failures = 0;
    }
}
