package io.atlas.elasticity;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.ledger.Posting;
import io.atlas.store.QuotaStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The counters, asked by what the limits say now, and what is asked of those that follow the load. Where no limit changes
 * it hands on, and that is all.
 */
public final class ElasticStore implements QuotaStore {
    private final QuotaStore store;
    private volatile Rates rates = Rates.NONE;
    private volatile Map<String, Asked> asked = Map.of();

    /** In front of these counters. */
    public ElasticStore(QuotaStore store) {
        this.store = store;
    }

    /** From now on limits say this; those in force whose amounts are others than before are named. */
    void put(Rates next, List<Limit> changed, long nowMicros) {
        rates = next;
        if (!changed.isEmpty()) {
            store.resize(changed, nowMicros);
        }
    }

    /** From now on counts what is asked of these limits, by their ids. */
    void count(Map<String, Asked> ofLimits) {
        asked = ofLimits;
    }

    @Override
    public CompletionStage<Verdict> reserve(String id, LimitPath path, Demand demand, long nowMicros) {
        Rates now = rates;
        if (!now.any()) {
            return store.reserve(id, path, demand, nowMicros);
        }
        CompletionStage<Verdict> verdict = store.reserve(id, now.path(path, nowMicros), demand, nowMicros);
        return asked.isEmpty() ? verdict : verdict.thenApply(known -> counted(id, known));
    }

    /** Who is refused by another limit too could not be served, whatever these said. */
    private Verdict counted(String id, Verdict verdict) {
        switch (verdict) {
            case Verdict.Granted granted ->
                granted.reservation()
                        .taken()
                        .forEach(taken -> counts(taken.limit()).ifPresent(of -> of.granted(id)));
            case Verdict.Refused refused -> {
                List<Shortfall> shortfalls = refused.shortfalls();
                if (shortfalls.stream()
                        .allMatch(shortfall -> counts(shortfall.limit()).isPresent())) {
                    shortfalls.forEach(shortfall ->
                            counts(shortfall.limit()).ifPresent(of -> of.refused(id, shortfall.requested())));
                }
            }
        }
        return verdict;
    }

    private Optional<Asked> counts(Limit limit) {
        return Optional.ofNullable(asked.get(limit.id()));
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        CompletionStage<Boolean> ended = store.settle(reservation, actual, nowMicros);
        return asked.isEmpty()
                ? ended
                : ended.thenApply(first -> {
                    if (first) {
                        reservation.taken().forEach(taken -> ended(taken.limit(), reservation.demand(), actual));
                    }
                    return first;
                });
    }

    private void ended(Limit limit, Demand reserved, Demand actual) {
        Kind kind = limit.spec().kind();
        counts(limit).ifPresent(of -> of.ended(reserved.of(kind), actual.of(kind)));
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation, long nowMicros) {
        return store.release(reservation, nowMicros);
    }

    @Override
    public CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return store.refusal(binding(limits, nowMicros), demand, nowMicros);
    }

    @Override
    public CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return store.levels(binding(limits, nowMicros), nowMicros);
    }

    @Override
    public List<Limit> current(List<Limit> limits, long nowMicros) {
        Rates now = rates;
        return now.any()
                ? limits.stream().map(limit -> now.shown(limit, nowMicros)).toList()
                : limits;
    }

    private List<Limit> binding(List<Limit> limits, long nowMicros) {
        Rates now = rates;
        return now.any() ? now.of(limits, nowMicros) : limits;
    }

    @Override
    public void resize(List<Limit> limits, long nowMicros) {
        store.resize(limits, nowMicros);
    }

    @Override
    public void forget(List<Limit> limits, long nowMicros) {
        store.forget(limits, nowMicros);
    }

    @Override
    public List<Limit> uncounted(List<Limit> limits) {
        return store.uncounted(limits);
    }

    /** What comes into force says what it says now from the start, though nobody has looked at it yet. */
    @Override
    public void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros) {
        Rates now = rates;
        store.enforce(
                now.of(kept, nowMicros),
                now.of(fresh, nowMicros),
                held.stream()
                        .map(posting ->
                                new Posting(now.of(posting.limit(), nowMicros), posting.amount(), posting.atMicros()))
                        .toList(),
                nowMicros);
    }

    @Override
    public void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        store.charge(binding(limits, atMicros), settled, actual, atMicros);
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        store.seed(rates.of(limit, atMicros), amount, atMicros);
    }
}
