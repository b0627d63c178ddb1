package io.atlas.store.share;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
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
    /** Of its share, on which limits. */
    private record Here(Reservation reservation, List<Limit> limits) {}

    private final LocalShare share;
    private final Leases leases;
    private final Map<String, Here> open = new ConcurrentHashMap<>();

    public Alone(LocalShare share, Leases leases) {
        this.share = share;
        this.leases = leases;
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
}
