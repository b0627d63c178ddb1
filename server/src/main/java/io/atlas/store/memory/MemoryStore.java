package io.atlas.store.memory;

import io.atlas.kernel.quota.Counter;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.QuotaStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final Map<String, Counter> counters = new HashMap<>();

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
        return CompletableFuture.completedStage(Quota.refusal(glance(path), demand, nowMicros));
    }

    @Override
    public synchronized CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        List<Level> levels = new ArrayList<>(limits.size());
        for (Limit limit : limits) {
            levels.add(glance(limit).level(limit, nowMicros));
        }
        return CompletableFuture.completedStage(levels);
    }

    @Override
    public synchronized void forget(List<Limit> limits, long nowMicros) {
        for (Limit limit : limits) {
            Counter counter = counters.get(limit.id());
            if (counter != null && counter.idle(limit, nowMicros)) {
                counters.remove(limit.id());
            }
        }
    }

    @Override
    public synchronized void seed(Limit limit, long amount, long atMicros) {
        counter(limit).seed(limit, amount, atMicros);
    }

    private List<Meter> meters(List<Limit> path) {
        List<Meter> meters = new ArrayList<>(path.size());
        for (Limit limit : path) {
            meters.add(new Meter(limit, counter(limit)));
        }
        return meters;
    }

    /** How many counters there are. */
    public synchronized int size() {
        return counters.size();
    }

    /** For a question: what nobody was ever charged on gets no counter that stays. */
    private List<Meter> glance(List<Limit> path) {
        List<Meter> meters = new ArrayList<>(path.size());
        for (Limit limit : path) {
            meters.add(new Meter(limit, glance(limit)));
        }
        return meters;
    }

    private Counter glance(Limit limit) {
        Counter known = counters.get(limit.id());
        return known == null ? Counter.of(limit.spec()) : known;
    }

    private Counter counter(Limit limit) {
        return counters.computeIfAbsent(limit.id(), _ -> Counter.of(limit.spec()));
    }
}
