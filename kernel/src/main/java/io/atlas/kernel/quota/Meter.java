package io.atlas.kernel.quota;

/**
 * A limit and the counter that stands for it. The limit may be replaced by another of the same id and zone: then the
 * counter goes on under the new amount, for what is open, too.
 */
public final class Meter {
    private final Counter counter;
    private volatile Limit limit;

    /** Counts for that limit. */
    public Meter(Limit limit, Counter counter) {
        this.limit = limit;
        this.counter = counter;
    }

    /** What the limit says now. */
    public Limit limit() {
        return limit;
    }

    /** Its state. */
    public Counter counter() {
        return counter;
    }

    /** From that moment on the limit says this. Until then what leaks has leaked by what it said before. */
    public void become(Limit next, long nowMicros) {
        if (!next.id().equals(limit.id()) || !next.zone().equals(limit.zone())) {
            throw new IllegalArgumentException("limit: " + next.id() + " in " + next.zone() + " (expected: "
                    + limit.id() + " in " + limit.zone() + ")");
        }
        if (!next.equals(limit)) {
            counter.level(limit, nowMicros);
            limit = next;
        }
    }
}
