package io.atlas.store.share;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Reservation.Told;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.StoreAway;
import io.atlas.store.lease.Drawing;
import io.atlas.store.lease.Leases;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** What requests hold of this node alone, while the server is away: of the leases that it has, and of its share. */
public final class Alone {
    /** What a request holds of its share, and which limits it is to be counted on. */
    public record Here(Reservation reservation, List<Limit> limits) {
        /** The part that is to be held where these of its limits are counted, under that name. */
        public Reservation there(String name, List<Limit> some, long nowMicros, long untilMicros) {
            Level unknown = new Level(0, 0, nowMicros);
            List<Taken> taken = some.stream()
                    .<Taken>map(limit -> new Told(limit, unknown, unknown))
                    .toList();
            return Reservation.elsewhere(name, reservation.demand(), taken, untilMicros);
        }
    }

    private final LocalShare share;
    private final Leases leases;
    private final LatelyCharged lately;
    private final Map<String, Here> open = new ConcurrentHashMap<>();

    /** By the ids of requests that were let in here, what is held for them there by now. */
    private final Map<String, List<Reservation>> moved = new ConcurrentHashMap<>();

    public Alone(LocalShare share, Leases leases, LatelyCharged lately) {
        this.share = share;
        this.leases = leases;
        this.lately = lately;
    }

    /** Holds the demand on every limit; fails where the node has not so much, and the whole is not known. */
    public CompletionStage<Verdict> reserve(String id, List<Limit> limits, Demand demand, long nowMicros) {
        List<Limit> shared = Leases.shared(limits);
        Optional<Drawing.Drawn> drawn = shared.isEmpty() ? Optional.empty() : leases.drawHere(id, shared, demand);
        List<Limit> rest = drawn.isPresent() ? Leases.own(limits) : limits;
        try {
            Verdict verdict = share.reserve(id, rest, demand, nowMicros);
            if (verdict instanceof Verdict.Granted granted) {
                open.put(id, new Here(granted.reservation(), rest));
                return CompletableFuture.completedStage(new Verdict.Granted(granted.reservation()
                        .with(drawn.map(Drawing.Drawn::taken).orElse(List.of()))));
            }
            leases.end(id, Optional.empty());
            return CompletableFuture.completedStage(verdict);
        } catch (StoreAway e) {
            leases.end(id, Optional.empty());
            return CompletableFuture.failedStage(e);
        }
    }

    /** Charges what was used; says on which limits the server has to be told of it, if this is one of those held here. */
    public Optional<List<Limit>> settle(String id, Demand actual, long nowMicros) {
        Here here = open.remove(id);
        if (here == null) {
            return Optional.empty();
        }
        share.settle(here.reservation, actual, nowMicros);
        here.limits.forEach(lately::add);
        leases.end(id, Optional.of(actual));
        return Optional.of(here.limits.stream()
                .filter(limit -> limit.spec().per().isPresent())
                .toList());
    }

    /** Gives it back; false where it is none of those held here. */
    public boolean release(String id, long nowMicros) {
        Here here = open.remove(id);
        if (here == null) {
            return false;
        }
        share.release(here.reservation, nowMicros);
        leases.end(id, Optional.empty());
        return true;
    }

    /** What requests hold of this node alone. */
    public List<Here> open() {
        return List.copyOf(open.values());
    }

    /** It is held there from now on, and not here; false where it has ended meanwhile, so that it is not to be held there. */
    public boolean move(Here here, List<Reservation> there, long nowMicros) {
        String id = here.reservation.id();
        moved.put(id, there);
        if (!open.remove(id, here)) {
            moved.remove(id);
            return false;
        }
        share.release(here.reservation, nowMicros);
        return true;
    }

    /** A request ends: what is held there for it, wherever it was let in, but for what it has of leases. */
    public List<Reservation> leave(Reservation reservation) {
        List<Reservation> there = moved.remove(reservation.id());
        return (there == null ? List.of(leases.rest(reservation)) : there)
                .stream().filter(part -> !part.taken().isEmpty()).toList();
    }
}
