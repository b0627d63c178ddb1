package io.atlas.kernel.quota;

import java.util.List;

/**
 * What one open request holds: the same demand on every limit of its path. It ends exactly once, by {@link Quota#settle},
 * {@link Quota#release} or {@link Quota#expire}; a second ending changes nothing. Guarded by the lock that guards its
 * counters.
 */
public final class Reservation {
    /** What was taken of one limit, and how full it was before and with it. */
    public record Taken(Meter meter, Counter.Hold hold, Level before, Level after) {}

    private final String id;
    private final Demand demand;
    private final List<Taken> taken;
    private long expiresAtMicros;
    private boolean open = true;

    Reservation(String id, Demand demand, List<Taken> taken, long expiresAtMicros) {
        this.id = id;
        this.demand = demand;
        this.taken = List.copyOf(taken);
        this.expiresAtMicros = expiresAtMicros;
    }

    /** The id of the request. */
    public String id() {
        return id;
    }

    /** What was reserved. */
    public Demand demand() {
        return demand;
    }

    /** What was taken of each limit, in the order of the path. */
    public List<Taken> taken() {
        return taken;
    }

    /** Whether it has not ended. */
    public boolean open() {
        return open;
    }

    /** The moment after which its owner counts as dead. */
    public long expiresAtMicros() {
        return expiresAtMicros;
    }

    void extendTo(long micros) {
        expiresAtMicros = Math.max(expiresAtMicros, micros);
    }

    void end() {
        open = false;
    }
}
