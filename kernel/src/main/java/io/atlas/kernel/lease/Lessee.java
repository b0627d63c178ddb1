package io.atlas.kernel.lease;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The leases that one node holds on the same limits. It gives out of the newest; those before live on until their last
 * request has ended. What nobody asks for it gives back after a moment, so that nobody has to ask for it back. Guarded by
 * the lock of its owner.
 */
public final class Lessee {
    /** So long may a lease lie idle. */
    public static final long IDLE_MICROS = 300_000;

    private final int limits;
    private final Appetite appetite;
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    private Optional<Lease> newest = Optional.empty();
    private long usedAtMicros;

    /** Of so many limits; none yet. */
    public Lessee(int limits) {
        this.limits = limits;
        appetite = new Appetite(limits);
    }

    /** A part of the newest lease, if there is so much. */
    public Optional<Lease.Part> draw(Amounts amounts, long nowMicros) {
        Optional<Lease.Part> part = newest.flatMap(lease -> lease.draw(amounts, nowMicros));
        if (part.isPresent()) {
            appetite.gave(amounts, nowMicros);
            usedAtMicros = nowMicros;
        }
        return part;
    }

    /** What to ask for. */
    public Wish wish(Amounts need, Amounts more, long shares, long nowMicros) {
        return new Wish(need, more, appetite.spare(nowMicros), shares);
    }

    /** A lease was granted; says which one gives out nothing from now on, so that there is something to say of it. */
    public Optional<Lease> add(Lease lease, long nowMicros) {
        Optional<Lease> before = newest;
        before.ifPresent(Lease::giveBack);
        leases.put(lease.id(), lease);
        newest = Optional.of(lease);
        usedAtMicros = nowMicros;
        return before;
    }

    /** The newest gives back what it has given nobody for a while; says which it is, where it does. */
    public Optional<Lease> idle(long nowMicros) {
        if (nowMicros - usedAtMicros < IDLE_MICROS) {
            return Optional.empty();
        }
        Optional<Lease> idle = newest;
        idle.ifPresent(Lease::giveBack);
        newest = Optional.empty();
        return idle;
    }

    /** Nothing more is to be said of it. */
    public void forget(Lease lease) {
        leases.remove(lease.id());
        if (newest.equals(Optional.of(lease))) {
            newest = Optional.empty();
        }
    }

    /** What it may give out at once. */
    public Amounts free() {
        return newest.map(Lease::free).orElseGet(() -> Amounts.none(limits));
    }

    /** All that are not forgotten, the oldest first. */
    public List<Lease> leases() {
        return List.copyOf(leases.values());
    }
}
