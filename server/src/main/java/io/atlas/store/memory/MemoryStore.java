package io.atlas.store.memory;

import io.atlas.kernel.quota.Counter;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import io.atlas.store.QuotaStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The counters of one node. One lock makes a step atomic over all limits of a request; a step takes about a
 * microsecond, so that the lock is free most of the time even where every event loop is busy.
 */
public final class MemoryStore implements QuotaStore {
    /** No exchange lives longer; a hold older than this was leaked by a defect, and must not block for ever. */
    private static final long TTL_MICROS = 3_600_000_000L;

    private static final CompletionStage<Boolean> TRUE = CompletableFuture.completedStage(true);
    private static final CompletionStage<Boolean> FALSE = CompletableFuture.completedStage(false);

    /** Of the limits in force, each as it was put in force, whatever a request that began before says of it. */
    private Map<String, Meter> inForce = Map.of();

    /** Of limits that were never put in force, but asked for: those of end users. */
    private final Map<String, Counter> others = new HashMap<>();

    /** Since when limits are in force no more. After the life of a request nobody asks for them. */
    private final Map<String, Long> retired = new HashMap<>();

    @Override
    public synchronized CompletionStage<Verdict> reserve(String id, List<Limit> path, Demand demand, long nowMicros) {
        return CompletableFuture.completedStage(Quota.reserve(id, meters(path), demand, nowMicros, TTL_MICROS));
    }

    @Override
    public synchronized CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        return Quota.settle(reservation, actual, nowMicros) ? TRUE : FALSE;
    }

    @Override
    public synchronized CompletionStage<Boolean> release(Reservation reservation, long nowMicros) {
        return Quota.release(reservation, nowMicros) ? TRUE : FALSE;
    }

    @Override
    public synchronized CompletionStage<Optional<Verdict.Refused>> refusal(
            List<Limit> path, Demand demand, long nowMicros) {
        return CompletableFuture.completedStage(Quota.refusal(asked(path, nowMicros), demand, nowMicros));
    }

    @Override
    public synchronized CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        List<Level> levels = new ArrayList<>(limits.size());
        for (Limit limit : limits) {
            Meter meter = retired.containsKey(limit.id()) ? fresh(limit) : glance(limit);
            levels.add(meter.counter().level(meter.limit(), nowMicros));
        }
        return CompletableFuture.completedStage(levels);
    }

    @Override
    public synchronized void forget(List<Limit> limits, long nowMicros) {
        for (Limit limit : limits) {
            Counter counter = others.get(limit.id());
            if (counter != null && counter.idle(limit, nowMicros)) {
                others.remove(limit.id());
            }
        }
    }

    @Override
    public synchronized List<Limit> uncounted(List<Limit> limits) {
        List<Limit> uncounted = new ArrayList<>();
        for (Limit limit : limits) {
            if (!inForce.containsKey(limit.id()) && !others.containsKey(limit.id())) {
                uncounted.add(limit);
            }
        }
        return uncounted;
    }

    @Override
    public synchronized void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros) {
        Map<String, Meter> next = HashMap.newHashMap(kept.size() + fresh.size());
        for (Limit limit : kept) {
            Meter meter = Objects.requireNonNull(inForce.get(limit.id()), limit.id());
            meter.become(limit, nowMicros);
            next.put(limit.id(), meter);
        }
        fresh.forEach(limit -> next.put(limit.id(), fresh(limit)));
        retired.values().removeIf(sinceMicros -> sinceMicros < nowMicros - TTL_MICROS);
        inForce.keySet().forEach(id -> retired.put(id, nowMicros));
        retired.keySet().removeAll(next.keySet());
        others.keySet().removeAll(next.keySet());
        inForce = next;
        held.forEach(posting -> seed(posting.limit(), posting.amount(), posting.atMicros()));
    }

    @Override
    public synchronized void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        for (Limit limit : limits) {
            Meter meter = inForce.get(limit.id());
            if (meter != null && settled.taken().stream().noneMatch(taken -> taken.meter() == meter)) {
                meter.counter().seed(meter.limit(), actual.of(limit.spec().kind()), atMicros);
            }
        }
    }

    @Override
    public synchronized void seed(Limit limit, long amount, long atMicros) {
        Meter meter = meter(limit);
        meter.counter().seed(meter.limit(), amount, atMicros);
    }

    private List<Meter> meters(List<Limit> path) {
        List<Meter> meters = new ArrayList<>(path.size());
        for (Limit limit : path) {
            Meter meter = inForce.get(limit.id());
            if (meter != null) {
                meters.add(meter);
            } else if (!retired.containsKey(limit.id())) {
                meters.add(meter(limit));
            }
        }
        return meters;
    }

    /** How many counters there are. */
    public synchronized int size() {
        return inForce.size() + others.size();
    }

    /**
     * The counters of limits as somebody wishes them to be, with other amounts perhaps. Each is brought to this moment by
     * what its own limit says, so that nothing leaks by a rate that is only wished for.
     */
    private List<Meter> asked(List<Limit> path, long nowMicros) {
        List<Meter> meters = new ArrayList<>(path.size());
        for (Limit limit : path) {
            if (!retired.containsKey(limit.id())) {
                Meter meter = glance(limit);
                meter.counter().level(meter.limit(), nowMicros);
                meters.add(new Meter(limit, meter.counter()));
            }
        }
        return meters;
    }

    /** For a question: what nobody was ever charged on gets no counter that stays. */
    private Meter glance(Limit limit) {
        Meter known = inForce.get(limit.id());
        if (known != null) {
            return known;
        }
        Counter other = others.get(limit.id());
        return other == null ? fresh(limit) : new Meter(limit, other);
    }

    private Meter meter(Limit limit) {
        Meter known = inForce.get(limit.id());
        return known == null
                ? new Meter(limit, others.computeIfAbsent(limit.id(), _ -> Counter.of(limit.spec())))
                : known;
    }

    private static Meter fresh(Limit limit) {
        return new Meter(limit, Counter.of(limit.spec()));
    }
}
