package io.atlas.store.memory;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
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

    /** Stands for as long as these limits are the ones in force, and their meters those that paths are bound to. */
    private LimitPath.Epoch epoch = new LimitPath.Epoch();

    /** Of limits that were never put in force, but asked for: those of end users. */
    private final Map<String, Meter> others = new HashMap<>();

    /** Since when limits are in force no more. After the life of a request nobody asks for them. */
    private final Map<String, Long> retired = new HashMap<>();

    @Override
    public synchronized CompletionStage<Verdict> reserve(String id, LimitPath path, Demand demand, long nowMicros) {
        return CompletableFuture.completedStage(
                Quota.reserve(id, meters(path, nowMicros), demand, nowMicros, TTL_MICROS));
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
        List<Limit> wished =
                path.stream().filter(limit -> !retired.containsKey(limit.id())).toList();
        List<Meter> meters = wished.stream().map(this::glance).toList();
        return CompletableFuture.completedStage(Quota.refusal(meters, wished, demand, nowMicros));
    }

    @Override
    public synchronized CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        List<Level> levels = new ArrayList<>(limits.size());
        for (Limit limit : limits) {
            Meter meter = retired.containsKey(limit.id()) ? Meter.of(limit) : glance(limit);
            levels.add(meter.level(nowMicros));
        }
        return CompletableFuture.completedStage(levels);
    }

    @Override
    public synchronized void forget(List<Limit> limits, long nowMicros) {
        for (Limit limit : limits) {
            Meter meter = others.get(limit.id());
            if (meter != null && meter.idle(nowMicros)) {
                others.remove(limit.id());
            }
        }
    }

    @Override
    public synchronized List<Limit> uncounted(List<Limit> limits) {
        List<Limit> uncounted = new ArrayList<>();
        for (Limit limit : limits) {
            if (known(limit).isEmpty()) {
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
        fresh.forEach(limit -> next.put(limit.id(), Meter.of(limit)));
        retired.values().removeIf(sinceMicros -> sinceMicros < nowMicros - TTL_MICROS);
        inForce.keySet().forEach(id -> retired.put(id, nowMicros));
        retired.keySet().removeAll(next.keySet());
        others.keySet().removeAll(next.keySet());
        inForce = next;
        epoch = new LimitPath.Epoch();
        held.forEach(posting -> seed(posting.limit(), posting.amount(), posting.atMicros()));
    }

    @Override
    public synchronized void resize(List<Limit> limits, long nowMicros) {
        for (Limit limit : limits) {
            Meter meter = inForce.get(limit.id());
            if (meter != null && meter.limit().zone().equals(limit.zone())) {
                meter.become(limit, nowMicros);
            }
        }
    }

    @Override
    public synchronized void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        for (Limit limit : limits) {
            Meter meter = inForce.get(limit.id());
            if (meter != null && !settled.holds(meter)) {
                meter.seed(actual.of(limit.spec().kind()), atMicros);
            }
        }
    }

    @Override
    public synchronized void seed(Limit limit, long amount, long atMicros) {
        meter(limit, atMicros).seed(amount, atMicros);
    }

    private List<Meter> meters(LimitPath path, long nowMicros) {
        List<Meter> bound = path.meters(epoch);
        return bound.isEmpty() ? find(path, nowMicros) : bound;
    }

    /** Binds a path only where all of it is in force: the others are let go of at any time. */
    private List<Meter> find(LimitPath path, long nowMicros) {
        List<Meter> meters = new ArrayList<>(path.limits().size());
        boolean lasting = true;
        for (Limit limit : path.limits()) {
            Meter meter = inForce.get(limit.id());
            if (meter != null) {
                meters.add(meter);
            } else {
                lasting = false;
                if (!retired.containsKey(limit.id())) {
                    meters.add(meter(limit, nowMicros));
                }
            }
        }
        if (lasting) {
            path.bind(epoch, meters);
        }
        return meters;
    }

    /** How many counters there are. */
    public synchronized int size() {
        return inForce.size() + others.size();
    }

    /** For a question: what nobody was ever charged on gets no meter that stays. */
    private Meter glance(Limit limit) {
        return known(limit).orElseGet(() -> Meter.of(limit));
    }

    /** The meter of what was never put in force follows what is said of its limit. */
    private Meter meter(Limit limit, long nowMicros) {
        Optional<Meter> known = known(limit);
        if (known.isEmpty()) {
            Meter fresh = Meter.of(limit);
            others.put(limit.id(), fresh);
            return fresh;
        }
        Meter meter = known.orElseThrow();
        if (!inForce.containsKey(limit.id())) {
            meter.become(limit, nowMicros);
        }
        return meter;
    }

    /** Of another zone's calendar it would be another limit, though it has the same id. */
    private Optional<Meter> known(Limit limit) {
        Meter meter = inForce.get(limit.id());
        if (meter != null) {
            return Optional.of(meter);
        }
        return Optional.ofNullable(others.get(limit.id()))
                .filter(other -> other.limit().zone().equals(limit.zone()));
    }
}
