package io.atlas.store.share;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.StoreAway;
import io.atlas.store.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node may give out while the server is away. Of a rate, and of requests at once, its part as one of the nodes
 * that were last seen. Of a calendar limit a hundredth, at most fifty dollars, and never more than was left of it when it
 * was last seen: all of it divided by the nodes. What was never seen may not be guessed.
 */
public final class LocalShare {
    private static final long ALLOWANCE_PERCENT = 1;
    private static final long MOST_NANO_USD = 50_000_000_000L;

    /** Of limits in force, what was left when the server last said so. */
    private final Map<String, Long> left = new ConcurrentHashMap<>();

    private volatile MemoryStore given = new MemoryStore();
    private volatile int nodes = 1;

    /** The server is away from now on: nothing is given out yet. */
    public void begin() {
        given = new MemoryStore();
    }

    /** As many nodes were seen. */
    public void among(int count) {
        nodes = Math.max(1, count);
    }

    /** How many were seen, this one among them. */
    public int nodes() {
        return nodes;
    }

    /** What the server said was left. */
    public void learn(Reservation reservation) {
        for (Reservation.Taken taken : reservation.taken()) {
            learn(taken.limit(), taken.after());
        }
    }

    /** What the server said of one limit. */
    public void learn(Limit limit, Level level) {
        if (limit.spec().calendar()) {
            left.put(limit.id(), level.remaining(limit.spec()));
        }
    }

    /** Forgets what is in force no more. */
    public void retain(LimitsInForce inForce) {
        left.keySet().retainAll(inForce.byId().keySet());
    }

    /**
     * Holds the demand on this node's part of every limit.
     *
     * @throws StoreAway where a part may not be guessed, or is used up while the whole may not be
     */
    public Verdict reserve(String id, List<Limit> limits, Demand demand, long nowMicros) {
        Verdict verdict = given.reserve(id, new LimitPath(parts(limits)), demand, nowMicros)
                .toCompletableFuture()
                .join();
        if (verdict instanceof Verdict.Refused refused
                && refused.shortfalls().stream()
                        .anyMatch(shortfall -> shortfall.limit().spec().calendar())) {
            throw new StoreAway("quota store: away, and this node's allowance is used up");
        }
        return verdict;
    }

    /** Charges what was used of what this node gave out. */
    public void settle(Reservation reservation, Demand actual, long nowMicros) {
        given.settle(reservation, actual, nowMicros);
    }

    /** Gives back what this node gave out. */
    public void release(Reservation reservation, long nowMicros) {
        given.release(reservation, nowMicros);
    }

    public CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return given.refusal(parts(limits), demand, nowMicros);
    }

    public CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return given.levels(limits, nowMicros);
    }

    private List<Limit> parts(List<Limit> limits) {
        List<Limit> parts = new ArrayList<>(limits.size());
        for (Limit limit : limits) {
            LimitSpec spec = limit.spec();
            long amount = spec.calendar() ? allowance(limit) : part(spec.amount());
            parts.add(new Limit(
                    limit.id(),
                    limit.place(),
                    limit.from(),
                    new LimitSpec(
                            spec.kind(),
                            spec.per(),
                            amount,
                            spec.leaks() ? part(spec.burst()) : amount,
                            spec.narrowing(),
                            spec.mark(),
                            spec.each()),
                    limit.zone()));
        }
        return parts;
    }

    private long part(long amount) {
        return Math.max(1, amount / nodes);
    }

    private long allowance(Limit limit) {
        long amount = limit.spec().amount() / 100 * ALLOWANCE_PERCENT;
        if (limit.spec().kind() == Kind.COST) {
            amount = Math.min(amount, MOST_NANO_USD);
        }
        long allowance = Math.min(amount, left.getOrDefault(limit.id(), 0L)) / nodes;
        if (allowance < 1) {
            throw new StoreAway("quota store: away, and " + limit.id() + " may not be guessed");
        }
        return allowance;
    }
}
