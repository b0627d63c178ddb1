package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import io.atlas.ledger.Posting;
import io.atlas.store.StoreAway;
import io.atlas.store.lease.Leases;
import io.atlas.store.lease.Lender;
import io.atlas.store.share.Absence;
import io.atlas.store.share.Holds;
import io.atlas.store.share.LimitsInForce;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Brings the server to where this node's ledger and its open requests are, and says what the limits say now. */
final class Telling {
    /** Keys of one step: it must not keep others waiting for long. */
    private static final int AT_ONCE = 64;

    private final Steps steps;
    private final Lender lender;
    private final Holds open;
    private final Unsaid unsaid;

    /** Of a node that holds these reservations, and says later what cannot be said at once. */
    Telling(Steps steps, Lender lender, Holds open, Unsaid unsaid) {
        this.steps = steps;
        this.lender = lender;
        this.open = open;
        this.unsaid = unsaid;
    }

    /**
     * The limits that go on, those that begin anew, and what the ledger holds against the latter.
     *
     * @param leases to be held again
     */
    record Change(List<Limit> kept, List<Limit> fresh, List<Posting> held, List<Leases.Held> leases) {}

    /**
     * Tells all of it, and that it was told. Blocks.
     *
     * @throws StoreAway where the server did not hear all of it
     */
    void tell(Change change, LimitsInForce next, long nowMicros) {
        resize(change.kept, nowMicros);
        contribute(change, nowMicros);
        if (change.kept.isEmpty()) {
            holdAgain(nowMicros);
            change.leases.forEach(held -> Link.await(lender.lendAgain(
                    held.lease().id(), held.limits(), held.lease().granted())));
        }
        Names.tags(next).forEach(tag -> Link.await(steps.mark(tag)));
    }

    /**
     * Says what limits in force say from now on. Blocks.
     *
     * @throws StoreAway where the server did not hear all of it
     */
    void resize(List<Limit> limits, long nowMicros) {
        chunks(limits).forEach(some -> Link.await(steps.become(some, nowMicros)));
    }

    /** Charges what the ledger holds; fails where it is not known whether all of it is charged. */
    CompletionStage<Void> charge(List<Limit> limits, Demand actual, long atMicros) {
        if (limits.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        List<Limit> lasting =
                limits.stream().filter(limit -> limit.spec().per().isPresent()).toList();
        return CompletableFuture.allOf(Names.byTag(lasting).stream()
                .map(there -> chargeNowOrLater(new Unsaid.Thing.Charge(there, actual, atMicros)))
                .toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> chargeNowOrLater(Unsaid.Thing.Charge charge) {
        return Unsaid.say(steps, charge)
                .exceptionallyCompose(failure -> {
                    if (!Absence.busy(failure)) {
                        return CompletableFuture.failedStage(failure);
                    }
                    unsaid.add(charge);
                    return CompletableFuture.completedStage(null);
                })
                .toCompletableFuture();
    }

    /** How full they are. Blocks. */
    Map<Limit, Level> levels(List<Limit> limits, long nowMicros) {
        Map<Limit, Level> levels = new HashMap<>();
        for (List<Limit> some : chunks(limits)) {
            List<Level> there = Link.await(steps.levels(some, nowMicros));
            for (int i = 0; i < some.size(); i++) {
                levels.put(some.get(i), there.get(i));
            }
        }
        return levels;
    }

    private void contribute(Change change, long nowMicros) {
        Map<String, Posting> held = new HashMap<>();
        change.held.forEach(posting -> held.merge(posting.limit().id(), posting, Telling::sum));
        List<Limit> lasting = change.fresh.stream()
                .filter(limit -> limit.spec().per().isPresent())
                .toList();
        for (List<Limit> limits : chunks(lasting)) {
            List<Posting> postings = limits.stream()
                    .map(limit -> held.getOrDefault(limit.id(), new Posting(limit, 0, nowMicros)))
                    .toList();
            Link.await(steps.contribute(postings, nowMicros));
        }
    }

    private static Posting sum(Posting one, Posting other) {
        return new Posting(one.limit(), one.amount() + other.amount(), Math.max(one.atMicros(), other.atMicros()));
    }

    /** What ended meanwhile may have been ended there before it was held again, and then nobody else lets go of it. */
    private void holdAgain(long nowMicros) {
        for (Reservation held : open.all()) {
            Link.await(steps.holdAgain(held, nowMicros));
            if (!open.has(held.id())) {
                Link.await(steps.release(held.id(), Steps.limits(held), nowMicros));
            }
        }
    }

    /** A few limits at a time, all of one tag. */
    static List<List<Limit>> chunks(List<Limit> limits) {
        Map<String, List<Limit>> byTag = new TreeMap<>();
        limits.forEach(limit -> byTag.computeIfAbsent(Names.tag(limit.place()), _ -> new ArrayList<>())
                .add(limit));
        List<List<Limit>> chunks = new ArrayList<>();
        for (List<Limit> all : byTag.values()) {
            for (int i = 0; i < all.size(); i += AT_ONCE) {
                chunks.add(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
            }
        }
        return chunks;
    }
}
