package io.atlas.gateway;

import io.atlas.admission.Estimate;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Relayed;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.receipt.Charge;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.UsageSource;
import io.atlas.kernel.unit.Usage;
import io.atlas.upstream.Gate;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces what a request held by what it is charged, by the contract's table. Every request comes through here, whatever
 * its end; what it did not use is free again before its caller hears of it.
 */
final class Settle {
    private static final Logger LOG = LoggerFactory.getLogger(Settle.class);

    private final Services services;
    private final Estimate estimate;
    private final Context context;
    private final Trail trail;
    private final Draws draws;

    Settle(Services services, Estimate estimate, Context context, Trail trail) {
        this.services = services;
        this.estimate = estimate;
        this.context = context;
        this.trail = trail;
        this.draws = new Draws(services, trail);
    }

    /** A request that has been charged. */
    record Settled(Stop stop, Charge charge, long costNanoUsd, long credits) {}

    Future<Settled> settle(Stop stop) {
        trail.place().ifPresent(place -> giveBack(place, stop));
        return counted(stop).compose(counted -> {
            Charge charge = Charge.of(stop.ending(), stop.reported(), counted);
            learn(charge);
            Price price = trail.asking().map(asking -> asking.model().price()).orElse(Price.FREE);
            Settled settled = new Settled(stop, charge, price.nanoUsd(charge.usage()), price.credits(charge.usage()));
            Future<Settled> ended = trail.reservation().isPresent()
                    ? end(trail.reservation().get(), settled)
                    : Future.succeededFuture(settled);
            return trail.draw().isEmpty() ? ended : draws.end(settled).compose(_ -> ended);
        });
    }

    /** At once, by what is known: the place is free, and for sharing backends about as much is as good as to the token. */
    private void giveBack(Gate.Place place, Stop stop) {
        boolean worked = stop.ending() != Ending.NEVER_SENT && stop.ending() != Ending.BACKEND_ERROR;
        Usage usage = stop.reported()
                .orElseGet(() -> worked
                        ? Usage.of(
                                trail.sizes().map(Sizes::likelyInputTokens).orElse(0L),
                                stop.relayed().likelyTokens())
                        : Usage.NONE);
        place.giveBack(
                usage.inputTokens(), usage.outputTokens(), services.time().nanos() / 1_000);
    }

    private Future<Settled> end(Reservation reservation, Settled settled) {
        long now = services.time().epochMicros();
        Usage usage = settled.charge.usage();
        Future<Boolean> done = Future.fromCompletionStage(
                settled.charge.charged()
                        ? services.store()
                                .settle(
                                        reservation,
                                        new Demand(
                                                usage.inputTokens(),
                                                usage.outputTokens(),
                                                settled.costNanoUsd,
                                                settled.credits),
                                        now)
                        : services.store().release(reservation, now));
        return done.map(_ -> {
            if (usage.totalTokens()
                    > reservation.demand().inputTokens() + reservation.demand().outputTokens()) {
                services.telemetry().overshot();
            }
            Saved.of(trail, settled, trail.afterMicros(services.time().nanos())).forEach(trail::step);
            trail.step(new Step.Settled(trail.afterMicros(services.time().nanos()), usage, settled.costNanoUsd));
            return settled;
        });
    }

    /** What Atlas counts itself, as far as the table asks for it. */
    private Future<Usage> counted(Stop stop) {
        boolean needsInput = stop.ending() == Ending.BROKEN_BEFORE_FIRST_BYTE;
        boolean needsBoth = stop.reported().isEmpty()
                && (stop.ending() == Ending.SERVED || stop.ending() == Ending.BROKEN_AFTER_FIRST_BYTE);
        if (!needsInput && !needsBoth) {
            return Future.succeededFuture(Usage.NONE);
        }
        Sizes sizes = trail.sizes().orElseThrow();
        return Future.<Void>succeededFuture()
                .compose(_ -> counted(stop.relayed(), sizes))
                .otherwise(defect -> guessed(stop.relayed(), sizes, defect));
    }

    private Future<Usage> counted(Relayed relayed, Sizes sizes) {
        Asking asking = trail.asking().orElseThrow();
        Future<Sizes> input =
                sizes.counted().isPresent() ? Future.succeededFuture(sizes) : estimate.counted(asking, sizes);
        String tenant = asking.caller().principal().caller().tenant();
        return input.compose(exact -> Future.fromCompletionStage(
                        services.counts().written(tenant, relayed.texts()), context)
                .map(output -> Usage.of(exact.likelyInputTokens(), bounded(relayed.tokens(output), exact))));
    }

    /** A count that fails must not keep what is held: it is settled by the usual length of a token. */
    private Usage guessed(Relayed relayed, Sizes sizes, Throwable defect) {
        LOG.atWarn().setCause(defect).addKeyValue("request", trail.id()).log("an ended request could not be counted");
        return Usage.of(sizes.likelyInputTokens(), bounded(relayed.likelyTokens(), sizes));
    }

    /** No backend writes more than it was allowed; a count of our own that says so is wrong. */
    private static long bounded(long outputTokens, Sizes sizes) {
        return Math.min(outputTokens, sizes.outputTokens() * sizes.choices());
    }

    private void learn(Charge charge) {
        Optional<Sizes> sizes = trail.sizes();
        if (charge.source() != UsageSource.REPORTED || sizes.isEmpty()) {
            return;
        }
        Asking asking = trail.asking().orElseThrow();
        if (!asking.request().ask().size().textOnly()) {
            return;
        }
        long reported = charge.usage().inputTokens();
        long assumed = sizes.get().inputTokens();
        if (sizes.get().counted().isPresent() || reported > assumed) {
            services.counts().learn(asking.model().name(), assumed, reported);
        }
    }
}
