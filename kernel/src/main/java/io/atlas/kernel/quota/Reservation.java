package io.atlas.kernel.quota;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What one open request holds: the same demand on every limit of its path. It ends exactly once, by {@link Quota#settle},
 * {@link Quota#release} or {@link Quota#expire}; a second ending changes nothing. Guarded by the lock that guards its
 * counters.
 */
public final class Reservation {
    /** That one limit took its part of the demand. How full it was is worked out when somebody asks. */
    public sealed interface Taken permits Told, Meter.Hold {
        /** As it was then. */
        Limit limit();

        /** How full it was before. */
        Level before();

        /** How full it was with it. */
        Level after();
    }

    /** What was taken elsewhere, as it was told. */
    public record Told(Limit limit, Level before, Level after) implements Taken {}

    /** What gives it back: a hold of each meter. */
    record Held(List<Meter> meters, List<Meter.Hold> holds) {}

    private final String id;
    private final Demand demand;
    private final List<Taken> taken;
    private final Held held;
    private long expiresAtMicros;
    private boolean open = true;

    Reservation(String id, Demand demand, Held held, long expiresAtMicros) {
        this(id, demand, Collections.unmodifiableList(held.holds), held, expiresAtMicros);
    }

    private Reservation(String id, Demand demand, List<Taken> taken, Held held, long expiresAtMicros) {
        this.id = id;
        this.demand = demand;
        this.taken = taken;
        this.held = held;
        this.expiresAtMicros = expiresAtMicros;
    }

    /** One whose holds are kept elsewhere, by its id: there it ends, not by {@link Quota}. */
    public static Reservation elsewhere(String id, Demand demand, List<Taken> taken, long expiresAtMicros) {
        return new Reservation(id, demand, List.copyOf(taken), new Held(List.of(), List.of()), expiresAtMicros);
    }

    /** The same, of wider limits too, which are named first. */
    public Reservation with(List<Taken> wider) {
        List<Taken> all = new ArrayList<>(wider);
        all.addAll(taken);
        return elsewhere(id, demand, all, expiresAtMicros);
    }

    /** The part of it that is of such limits. */
    public Reservation where(Predicate<Limit> which) {
        List<Taken> some = taken.stream().filter(one -> which.test(one.limit())).toList();
        return elsewhere(id, demand, some, expiresAtMicros);
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

    /** Whether it holds part of that meter. */
    public boolean holds(Meter meter) {
        return held.meters.contains(meter);
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

    /** Ends it: every meter counts what was used, if anything, instead of what was held. */
    void end(Optional<Demand> actual, long nowMicros) {
        open = false;
        for (int i = 0; i < held.meters.size(); i++) {
            Meter meter = held.meters.get(i);
            long amount =
                    actual.isPresent() ? actual.orElseThrow().of(meter.spec().kind()) : 0;
            meter.settle(held.holds.get(i), amount, nowMicros);
        }
    }
}
