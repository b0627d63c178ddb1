package io.atlas.gateway;

import io.atlas.exchange.Services;
import io.atlas.exchange.Trail;
import io.atlas.gateway.Settle.Settled;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.open.OpenSlot;
import io.atlas.telemetry.Finished.Timings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the one line that a request leaves in the ledger, and tells the metrics. Only then does it count as over. */
final class LedgerLine {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerLine.class);

    private final Services services;
    private final Context context;
    private final Trail trail;

    LedgerLine(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
    }

    /** Whether the line is as durable as it has to be. */
    enum Kept {
        DURABLE,
        LOST
    }

    Future<Kept> write(Settled settled) {
        Receipt receipt = receipt(settled);
        services.finished().finished(receipt, timings(receipt));
        Promise<Kept> kept = Promise.promise();
        services.books()
                .record(receipt, trail.reservation())
                .whenComplete((_, failure) -> context.runOnContext(_ -> {
                    if (failure == null) {
                        trail.slot().ifPresent(OpenSlot::clear);
                        kept.complete(Kept.DURABLE);
                    } else {
                        LOG.atError()
                                .setCause(failure)
                                .addKeyValue("request", trail.id())
                                .log("ledger line lost");
                        kept.complete(Kept.LOST);
                    }
                }));
        return kept.future();
    }

    private Receipt receipt(Settled settled) {
        return new Receipt(
                trail.id(),
                trail.atMicros(),
                trail.afterMicros(services.time().nanos()),
                trail.caller().principal().caller(),
                trail.asked(),
                settled.stop().outcome(),
                settled.stop().reason(),
                trail.served(),
                trail.steps(),
                settled.charge(),
                settled.costNanoUsd(),
                settled.credits(),
                trail.providerPrice().nanoUsd(settled.charge().usage()),
                trail.refusedNanoUsd(),
                trail.asking().map(asking -> asking.model().priceVersion()).orElse(""),
                trail.caller().snapshot().configuration().version(),
                trail.arrival().trace());
    }

    private Timings timings(Receipt receipt) {
        long total = receipt.durationMicros() * 1_000;
        long overhead = Math.max(0, total - trail.times().queued - trail.times().backend);
        return new Timings(trail.times().quotaCheck, trail.times().queued, trail.times().firstToken, overhead, total);
    }
}
