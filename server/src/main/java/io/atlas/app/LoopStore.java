package io.atlas.app;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import io.atlas.store.QuotaStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The counters as one event loop asks them: what is answered later is answered on that loop. */
record LoopStore(QuotaStore store, Context context) implements QuotaStore {
    @Override
    public CompletionStage<Verdict> reserve(String id, LimitPath path, Demand demand, long nowMicros) {
        return here(store.reserve(id, path, demand, nowMicros));
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        return here(store.settle(reservation, actual, nowMicros));
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation, long nowMicros) {
        return here(store.release(reservation, nowMicros));
    }

    @Override
    public CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return here(store.refusal(limits, demand, nowMicros));
    }

    @Override
    public CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return here(store.levels(limits, nowMicros));
    }

    @Override
    public void forget(List<Limit> limits, long nowMicros) {
        store.forget(limits, nowMicros);
    }

    @Override
    public List<Limit> uncounted(List<Limit> limits) {
        return store.uncounted(limits);
    }

    @Override
    public void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros) {
        store.enforce(kept, fresh, held, nowMicros);
    }

    @Override
    public void resize(List<Limit> limits, long nowMicros) {
        store.resize(limits, nowMicros);
    }

    @Override
    public List<Limit> current(List<Limit> limits, long nowMicros) {
        return store.current(limits, nowMicros);
    }

    @Override
    public void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        store.charge(limits, settled, actual, atMicros);
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        store.seed(limit, amount, atMicros);
    }

    private <T> CompletionStage<T> here(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, context)
                .recover(failure -> Future.failedFuture(cause(failure)))
                .toCompletionStage();
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
