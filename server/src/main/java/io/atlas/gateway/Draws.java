package io.atlas.gateway;

import io.atlas.delivery.Attempt;
import io.atlas.exchange.Services;
import io.atlas.exchange.Trail;
import io.atlas.gateway.Settle.Settled;
import io.atlas.pool.Draw;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Ends what a request holds of an upstream quota: by what was sent, and not by what its tenant is charged. */
final class Draws {
    private final Services services;
    private final Trail trail;

    Draws(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** The attempt is over, and perhaps another follows. Where nothing was sent, or the provider took nothing, all of it is free. */
    Future<Void> over(Attempt attempt) {
        return switch (attempt.elsewhere()) {
            case NO, AT_ONCE, AWAY_FROM_IT -> release();
            case AS_A_RETRY ->
                end(draw -> services.pools()
                        .settle(services.store(), draw, services.time().epochMicros()));
        };
    }

    /** Nothing was sent. */
    Future<Void> release() {
        return end(draw ->
                services.pools().release(services.store(), draw, services.time().epochMicros()));
    }

    /** The request is over. */
    Future<Void> end(Settled settled) {
        return settled.charge().charged()
                ? end(draw -> services.pools()
                        .settle(
                                services.store(),
                                draw,
                                settled.charge().usage(),
                                services.time().epochMicros()))
                : release();
    }

    private Future<Void> end(Function<Draw, CompletionStage<Boolean>> how) {
        Optional<Draw> draw = trail.draw();
        trail.draws(Optional.empty());
        return draw.isPresent()
                ? Future.fromCompletionStage(how.apply(draw.orElseThrow())).mapEmpty()
                : Future.succeededFuture();
    }
}
