package io.atlas.delivery;

import io.atlas.config.Principal;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Held;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.capacity.Scarce;
import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Flow;
import io.atlas.kernel.order.Seat;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step.Queued;
import io.atlas.upstream.Gate;
import io.atlas.upstream.Gate.Entry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.OptionalLong;

/** Waits for a place at the backend, no longer than the backend's queue allows and the caller wishes. */
public final class Await implements Stage<Chosen, Chosen> {
    private static final Fault FULL =
            Fault.of(Reason.OVERLOADED, "the queue before the model is full; try again shortly");
    private static final Fault TOO_LONG =
            Fault.of(Reason.OVERLOADED, "the wait for a place at the model would be too long");
    private static final Fault TOO_LATE = Fault.of(Reason.OVERLOADED, "no place at the model came free in time");
    private static final Fault DISPLACED = Fault.of(
            Reason.OVERLOADED, "the queue before the model is full, and others have less in it; try again shortly");

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
        Promise<Gate.Call> turn = Promise.promise();
        long nowMicros = services.time().nanos() / 1_000;
        Arrival arrival = arrival(chosen, nowMicros + 1_000 * patienceMillis(chosen));
        return switch (gate(chosen).enter(arrival, turn, nowMicros)) {
            case Entry.Free free -> {
                takes(chosen, free.place());
                yield Passage.onward(chosen);
            }
            case Entry.Refused refused -> Passage.stopped(refused(chosen, refused));
            case Entry.Waiting waiting -> queued(chosen, waiting, turn);
        };
    }

    private Stop refused(Chosen chosen, Entry.Refused refused) {
        return switch (refused.why()) {
            case FULL -> {
                step(chosen, 0, refused.waitMicros(), waitsFor(chosen, Queued.End.FULL));
                yield comeBack(FULL, refused.waitMicros());
            }
            case TOO_LATE -> {
                step(chosen, 0, refused.waitMicros(), waitsFor(chosen, Queued.End.TOO_LONG));
                yield comeBack(TOO_LONG, refused.waitMicros());
            }
        };
    }

    private Future<Passage<Chosen>> queued(Chosen chosen, Entry.Waiting waiting, Promise<Gate.Call> turn) {
        long since = services.time().nanos();
        OptionalLong foretold = waiting.quote().waitMicros();
        Promise<Ended> done = Promise.promise();
        long timer = context.owner().setTimer(Math.max(1, patienceMillis(chosen)), _ -> {
            if (waiting.waiter().leave()) {
                done.tryComplete(tooLate(foretold));
            }
        });
        trail.whenCutShort(by -> {
            if (waiting.waiter().leave()) {
                done.tryComplete(new Ended(Queued.End.LEFT, new Passage.Stopped<>(Stop.cutUnsent(by))));
            }
        });
        turn.future()
                .onSuccess(call -> context.runOnContext(_ -> done.tryComplete(
                        switch (call) {
                            case Gate.Call.Come come -> {
                                takes(chosen, come.place());
                                yield new Ended(Queued.End.CALLED, new Passage.Onward<>(chosen));
                            }
                            case Gate.Call.MakeRoom _ ->
                                new Ended(Queued.End.DISPLACED, new Passage.Stopped<>(comeBack(DISPLACED, foretold)));
                            case Gate.Call.TooLate _ -> tooLate(foretold);
                        })));
        return done.future().map(ended -> {
            context.owner().cancelTimer(timer);
            trail.notCutShort();
            trail.times().queued += services.time().nanos() - since;
            step(chosen, waiting.quote().place(), foretold, waitsFor(chosen, ended.how));
            return ended.passage;
        });
    }

    /** How waiting ended, and what follows. */
    private record Ended(Queued.End how, Passage<Chosen> passage) {}

    private static Ended tooLate(OptionalLong foretold) {
        return new Ended(Queued.End.TOO_LATE, new Passage.Stopped<>(comeBack(TOO_LATE, foretold)));
    }

    private static Stop comeBack(Fault fault, OptionalLong waitMicros) {
        return waitMicros.isPresent()
                ? Stop.refused(fault, Math.max(1, Math.ceilDiv(waitMicros.getAsLong(), 1_000)))
                : Stop.refused(fault);
    }

    private static long patienceMillis(Chosen chosen) {
        long ofQueue = chosen.backend().queueTimeout().toMillis();
        return Math.min(ofQueue, chosen.held().asking().maxWaitMillis().orElse(ofQueue));
    }

    /** He waits by the lower of his tier's and his tenant's priority, and shares what is his tenant's. */
    private static Arrival arrival(Chosen chosen, long deadlineMicros) {
        Held held = chosen.held();
        Principal principal = held.asking().caller().principal();
        Flow flow = new Flow(
                principal.caller().tenant(),
                principal.caller().team().orElse(""),
                principal.tier().priority(),
                principal.tenantTier().weight());
        Sizes sizes = held.sizes();
        return new Arrival(
                flow,
                sizes.likelyInputTokens(),
                sizes.outputTokens() * sizes.choices(),
                held.asking().request().length(),
                deadlineMicros);
    }

    private Gate gate(Chosen chosen) {
        return services.gates().of(chosen.backend());
    }

    private void takes(Chosen chosen, Gate.Place place) {
        trail.takes(place);
        if (chosen.held().asking().request().ask().delivery() == Delivery.WHOLE) {
            place.comesWhole(services.time().nanos() / 1_000);
        }
    }

    /** How it ended, what was too little until then, and by whose order. */
    private record Waited(Queued.End how, Optional<String> heldFor, Optional<String> order) {}

    private Waited waitsFor(Chosen chosen, Queued.End how) {
        boolean called = how == Queued.End.CALLED;
        Gate gate = gate(chosen);
        Optional<Scarce> heldFor = called ? trail.place().flatMap(Gate.Place::heldFor) : gate.heldFor();
        Optional<Seat.Standing> order = called ? trail.place().flatMap(Gate.Place::order) : gate.standing();
        return new Waited(how, heldFor.map(Scarce::word), order.map(Seat.Standing::word));
    }

    private void step(Chosen chosen, int place, OptionalLong foretold, Waited waited) {
        long after = trail.afterMicros(services.time().nanos());
        long micros = trail.times().queued / 1_000;
        String backend = chosen.backend().name();
        trail.step(new Queued(after, backend, micros, place, foretold, waited.heldFor, waited.order, waited.how));
    }
}
