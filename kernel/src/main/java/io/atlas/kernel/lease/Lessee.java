package io.atlas.kernel.lease;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

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

    /** A lease was granted, and is the newest. */
    public void add(Lease lease, long nowMicros) {
        leases.put(lease.id(), lease);
        newest = Optional.of(lease);
        usedAtMicros = nowMicros;
    }

    /**
     * The newest gives back what it has given nobody, because that is not enough, before another is asked for: no node is
     * refused what it holds itself. Says which it is, if there is one, so that it can be told.
     */
    public Optional<Lease> retire() {
        Optional<Lease> retired = newest;
        retired.ifPresent(Lease::giveBack);
        newest = Optional.empty();
        return retired;
    }

    /** The same where nobody has asked for a while. */
    public Optional<Lease> idle(long nowMicros) {
        return nowMicros - usedAtMicros < IDLE_MICROS ? Optional.empty() : retire();
    }

    /** One that was asked for, and nobody knows whether it was granted: nothing is given out of it. */
    public void addUnheard(Lease lease) {
        lease.giveBack();
        leases.put(lease.id(), lease);
    }

    /** Nothing more is to be said of it. */
    public void forget(Lease lease) {
        leases.remove(lease.id(), lease);
        newest = newest.filter(one -> one != lease);
    }

    /**
     * What the leases were is known no more where they were made: those that open requests hold some of go on with that
     * alone, under names of their own.
     */
    public List<Lease> renew(Supplier<String> names) {
        retire();
        List<Lease> all = leases();
        leases.clear();
        for (Lease lease : all) {
            if (!lease.unused()) {
                lease.renew(names.get());
                leases.put(lease.id(), lease);
            }
        }
        return leases();
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
