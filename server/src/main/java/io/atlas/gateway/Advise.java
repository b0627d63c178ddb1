package io.atlas.gateway;

import io.atlas.admission.Remedies;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Services;
import io.atlas.exchange.Trail;
import io.atlas.gateway.Settle.Settled;
import io.atlas.kernel.receipt.Remedy;
import io.atlas.kernel.receipt.Step;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what would help whoever is not served, before the line is written, so that answer and receipt say the same. */
final class Advise {
    private static final Logger LOG = LoggerFactory.getLogger(Advise.class);

    private final Services services;
    private final Trail trail;

    Advise(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    Future<Settled> advise(Settled settled) {
        return trail.callerLeft()
                ? Future.succeededFuture(settled)
                : remedies(settled.stop().farewell()).map(found -> {
                    note(found);
                    return settled;
                });
    }

    /** What helps whoever is told that. What cannot be found out, the counters being out of reach, is not proposed. */
    Future<List<Remedy>> remedies(Farewell farewell) {
        return Future.<Void>succeededFuture().compose(_ -> found(farewell)).otherwise(defect -> {
            LOG.atWarn().setCause(defect).addKeyValue("request", trail.id()).log("no remedy could be looked for");
            return List.of(new Remedy.AskOwner());
        });
    }

    private void note(List<Remedy> found) {
        if (!found.isEmpty()) {
            trail.step(new Step.Advised(trail.afterMicros(services.time().nanos()), found));
        }
    }

    private Future<List<Remedy>> found(Farewell farewell) {
        return switch (farewell) {
            case Farewell.Failure error ->
                error.refused()
                        .map(refused -> new Remedies(services, trail).forRefused(refused))
                        .orElseGet(() -> Future.succeededFuture(Remedies.against(error.fault())));
            case Farewell.ComeBack later -> Future.succeededFuture(comeBack(later));
            case Farewell.Outside outside -> new Remedies(services, trail).forOutside(outside);
            case Farewell.Whole _, Farewell.EndOfStream _, Farewell.Nothing _ -> Future.succeededFuture(List.of());
        };
    }

    /** It helps to wait where it was the caller who came too soon; how long a backend has no room, nobody knows. */
    private List<Remedy> comeBack(Farewell.ComeBack later) {
        return switch (later.fault().reason().blame()) {
            case CALLER, LIMIT -> {
                long atMicros = services.time().epochMicros() + later.retryAfterMillis() * 1_000;
                yield List.of(new Remedy.Wait(later.retryAfterMillis(), atMicros));
            }
            case CAPACITY, UPSTREAM, US -> Remedies.against(later.fault());
        };
    }
}
