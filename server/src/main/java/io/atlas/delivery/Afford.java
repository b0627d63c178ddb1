package io.atlas.delivery;

import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Trail;
import io.atlas.kernel.route.RetryBudget;
import io.atlas.repeat.TooSoon;
import io.atlas.replay.RequestName;
import io.vertx.core.Future;

/** Whether the backend may be sent a request that it was sent before, and did not serve. */
public final class Afford implements Stage<Chosen, Chosen> {
    private final Services services;
    private final Trail trail;

    public Afford(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** Whether the backend may be sent what was sent in vain, there or elsewhere; if so, that is a retry. */
    public boolean again(Chosen chosen) {
        long nowMicros = services.time().epochMicros();
        return services.retryBudgets().of(chosen.backend(), nowMicros).retry(nowMicros);
    }

    @Override
    public Future<Passage<Chosen>> pass(Chosen chosen) {
        long nowMicros = services.time().epochMicros();
        RetryBudget budget = services.retryBudgets().of(chosen.backend(), nowMicros);
        if (!trail.again()) {
            budget.first(nowMicros);
            return Passage.onward(chosen);
        }
        if (budget.retry(nowMicros)) {
            return Passage.onward(chosen);
        }
        RequestName name = trail.name().orElseThrow();
        long waitMillis = services.replays().storms().postpone(name, nowMicros);
        return Passage.stopped(new TooSoon(services, trail).stop(waitMillis));
    }
}
