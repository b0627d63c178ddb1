package io.atlas.delivery;

import io.atlas.config.Backend;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.upstream.Gate;
import io.atlas.upstream.Gate.Entry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Waits for a place at the backend, no longer than the backend's queue allows and the caller wishes. */
public final class Await implements Stage<Chosen, Chosen> {
    private final Services services;
    private final Context context;
    private final Trail trail;

    public Await(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Chosen>> pass(Chosen chosen) {
        Promise<Gate.Place> turn = Promise.promise();
        Backend backend = chosen.backend();
        return switch (services.gates()
                .of(backend)
                .enter(trail.caller().principal().tier().priority(), turn)) {
            case Entry.Free free -> {
                trail.takes(free.place());
                yield Passage.onward(chosen);
            }
            case Entry.Full _ ->
                Passage.stopped(Stop.refused(
                        Fault.of(Reason.OVERLOADED, "the queue before the model is full; try again shortly")));
            case Entry.Waiting waiting -> queued(chosen, waiting.ticket(), turn);
        };
    }

    private Future<Passage<Chosen>> queued(Chosen chosen, Gate.Ticket ticket, Promise<Gate.Place> turn) {
        long since = services.time().nanos();
        long patienceMillis = patienceMillis(chosen);
        if (patienceMillis == 0 && ticket.leave()) {
            return Passage.stopped(tooLate());
        }
        Promise<Passage<Chosen>> done = Promise.promise();
        long timer = context.owner().setTimer(Math.max(1, patienceMillis), _ -> {
            if (ticket.leave()) {
                done.tryComplete(new Passage.Stopped<>(tooLate()));
            }
        });
        trail.whenCutShort(by -> {
            if (ticket.leave()) {
                done.tryComplete(new Passage.Stopped<>(Stop.cutUnsent(by)));
            }
        });
        turn.future()
                .onSuccess(place -> context.runOnContext(_ -> {
                    trail.takes(place);
                    done.tryComplete(new Passage.Onward<>(chosen));
                }));
        return done.future().onComplete(_ -> {
            context.owner().cancelTimer(timer);
            trail.notCutShort();
            waited(chosen.backend(), since);
        });
    }

    private static long patienceMillis(Chosen chosen) {
        long ofQueue = chosen.backend().queueTimeout().toMillis();
        return Math.min(ofQueue, chosen.held().asking().maxWaitMillis().orElse(ofQueue));
    }

    private static Stop tooLate() {
        return Stop.refused(Fault.of(Reason.OVERLOADED, "no place at the model came free in time"));
    }

    private void waited(Backend backend, long since) {
        long now = services.time().nanos();
        trail.times().queued = now - since;
        trail.step(new Step.Queued(trail.afterMicros(now), backend.name(), trail.times().queued / 1_000));
    }
}
