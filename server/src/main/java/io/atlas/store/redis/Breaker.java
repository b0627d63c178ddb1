package io.atlas.store.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the server is asked at all: after some failures in a row, or before this node has told it what it counted, it is
 * not, until somebody who looks after it says that it is well.
 */
final class Breaker {
    private static final int FAILURES = 5;

    private final LongSupplier nanos;
    private int failures;
    private boolean open = true;
    private long sinceNanos;

    /** Open: nothing is known of the server yet. */
    Breaker(LongSupplier nanos) {
        this.nanos = nanos;
        sinceNanos = nanos.getAsLong();
    }

    synchronized boolean open() {
        return open;
    }

    /** For how long it is open. */
    synchronized Duration openFor() {
        return open ? Duration.ofNanos(nanos.getAsLong() - sinceNanos) : Duration.ZERO;
    }

    synchronized void succeeded() {
        failures = 0;
    }

    /** One more failure; says whether it is the one that opens it. */
    synchronized boolean failed() {
        failures++;
        return failures >= FAILURES && trip();
    }

    /** Opens it at once; says whether it was closed. */
    synchronized boolean trip() {
        boolean closed = !open;
        if (closed) {
            open = true;
            sinceNanos = nanos.getAsLong();
        }
        return closed;
    }

    synchronized void close() {
        open = false;
        failures = 0;
    }
}
