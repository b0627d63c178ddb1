package io.atlas.store;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Reservation.Told;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The counters for whoever only wants to know: a reservation says what would be held, and holds nothing. Whether it fits
 * and how full the limits are is asked in two steps, between which others may be served.
 */
public record Peek(QuotaStore store) implements QuotaStore {
    @Override
    public CompletionStage<Verdict> reserve(String id, LimitPath path, Demand demand, long nowMicros) {
        List<Limit> limits = store.current(path.limits(), nowMicros);
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        CompletableFuture.completedStage(limits)
                .thenCompose(all -> store.refusal(all, demand, nowMicros))
                .thenCompose(refused -> refused.isPresent()
                        ? CompletableFuture.<Verdict>completedStage(refused.orElseThrow())
                        : store.levels(limits, nowMicros)
                                .thenApply(levels -> new Verdict.Granted(
                                        Reservation.elsewhere(id, demand, taken(limits, levels, demand), nowMicros))))
                .whenComplete((known, failure) -> {
                    if (failure == null) {
                        verdict.complete(known);
                    } else {
                        verdict.completeExceptionally(cause(failure));
                    }
                });
        return verdict;
    }

    /** As the store said it, and not as a stage after it wraps it. */
    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private static List<Taken> taken(List<Limit> limits, List<Level> levels, Demand demand) {
        List<Taken> taken = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            Level before = levels.get(i);
            long amount = demand.of(limits.get(i).spec().kind());
            taken.add(new Told(
                    limits.get(i), before, new Level(before.used(), before.held() + amount, before.resetsAtMicros())));
        }
        return taken;
    }

    /** Nothing is held, so that nothing ends. */
    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        return CompletableFuture.completedStage(false);
    }

    /** Nothing is held, so that nothing ends. */
    @Override
    public CompletionStage<Boolean> release(Reservation reservation, long nowMicros) {
        return CompletableFuture.completedStage(false);
    }

    @Override
    public CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return store.refusal(limits, demand, nowMicros);
    }

    @Override
    public CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return store.levels(limits, nowMicros);
    }

    @Override
    public List<Limit> uncounted(List<Limit> limits) {
        return store.uncounted(limits);
    }

    @Override
    public void forget(List<Limit> limits, long nowMicros) {
        throw writes();
    }

    @Override
    public void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros) {
        throw writes();
    }

    @Override
    public void resize(List<Limit> limits, long nowMicros) {
        throw writes();
    }

    @Override
    public List<Limit> current(List<Limit> limits, long nowMicros) {
        return store.current(limits, nowMicros);
    }

    @Override
    public void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        throw writes();
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        throw writes();
    }

    private static UnsupportedOperationException writes() {
        return new UnsupportedOperationException("counters: only looked at (expected: no change of them)");
    }
}
