package io.atlas.delivery;

import io.atlas.delivery.Attempt.Elsewhere;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.OpenAiRequest;
import io.atlas.dialect.openai.OpenAiRequest.Target;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Relayed;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.ledger.open.OpenRequest;
import io.atlas.ledger.open.OpenSlot;
import io.atlas.model.Model;
import io.atlas.upstream.BackendCall;
import io.atlas.upstream.BackendClients;
import io.atlas.upstream.Dialing;
import io.atlas.upstream.Gate;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sends the request, with its output bounded by what was reserved, and waits for the head of the answer. */
public final class Call implements Stage<Chosen, Attempt> {
    /** Less than what a socket takes at once. */
    private static final int ONE_WRITE_BYTES = 64 << 10;

    private final Services services;
    private final BackendClients clients;
    private final Context context;
    private final Trail trail;
    private final Afford afford;
    private final Vitals vitals;
    private boolean unserved;

    public Call(Services services, BackendClients clients, Context context, Trail trail) {
        this.services = services;
        this.afford = new Afford(services, trail);
        this.vitals = new Vitals(services, trail);
        this.clients = clients;
        this.context = context;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Attempt>> pass(Chosen chosen) {
        if (trail.cut().isPresent()) {
            return Passage.stopped(Stop.cutUnsent(trail.cut().get()));
        }
        long nowMicros = services.time().nanos() / 1_000;
        if (!chosen.condition().send(nowMicros)) {
            Stop stop = Choose.none(List.of(chosen.condition()), nowMicros);
            return Passage.onward(new Attempt.Unanswered(chosen, Elsewhere.AT_ONCE, stop));
        }
        Served served = new Served(
                chosen.held().asking().model().name(), chosen.backend().name());
        trail.slot().ifPresent(OpenSlot::clear);
        Optional<OpenSlot> slot = services.open().apply(openRequest(chosen, served));
        if (slot.isEmpty()) {
            chosen.condition().undecided(nowMicros);
            return Passage.stopped(Stop.refused(
                    Fault.of(Reason.OVERLOADED, "this gateway holds as many requests as it can; try again shortly")));
        }
        trail.opens(slot.get());
        return send(chosen, served, slot.get());
    }

    /** Sends it, and once more where the backend has surely not begun with it, and may be sent a retry. */
    private Future<Passage<Attempt>> send(Chosen chosen, Served served, OpenSlot slot) {
        return sendOnce(chosen, served, slot)
                .compose(passage -> unserved && trail.cut().isEmpty() && afford.again(chosen)
                        ? sendOnce(chosen, served, slot)
                        : Future.succeededFuture(passage))
                .onSuccess(_ -> {
                    if (unserved && trail.cut().isEmpty()) {
                        vitals.failed(chosen);
                    }
                });
    }

    private Future<Passage<Attempt>> sendOnce(Chosen chosen, Served served, OpenSlot slot) {
        OpenAiRequest request = chosen.held().asking().request();
        Buffer body = Buffer.buffer(request.forBackend(target(chosen)));
        unserved = false;
        trail.times().sent = services.time().nanos();
        Promise<Passage<Attempt>> done = Promise.promise();
        trail.whenCutShort(by -> cut(chosen, Stop.cutUnsent(by), done));
        clients.of(chosen.backend())
                .connect(request.route().path(), body.length(), trail.id())
                .onComplete(
                        call -> {
                            if (done.future().isComplete()) {
                                call.cancel();
                                return;
                            }
                            trail.arrival()
                                    .trace()
                                    .ifPresent(trace ->
                                            call.traced(trace.traceparent(trail.attempts() + 1), trace.state()));
                            trail.sentTo(served);
                            trail.costs(chosen.deployment().cost());
                            headOf(chosen, call, sent(call, body, slot), done);
                        },
                        failure -> done.tryComplete(new Passage.Onward<>(unreachable(chosen))));
        return done.future();
    }

    private void cut(Chosen chosen, Stop stop, Promise<Passage<Attempt>> done) {
        if (done.tryComplete(new Passage.Stopped<>(stop))) {
            chosen.condition().undecided(trail.times().sent / 1_000);
        }
    }

    /**
     * Sends the body, and notes it for the case that the process dies. What goes out in one write is noted before it, since
     * a backend can have it before the write returns; what takes longer, when all of it is gone.
     */
    private static Future<HttpClientResponse> sent(BackendCall call, Buffer body, OpenSlot slot) {
        if (body.length() <= ONE_WRITE_BYTES) {
            slot.sent();
            return call.send(body);
        }
        Future<HttpClientResponse> head = call.send(body);
        call.written().onSuccess(_ -> slot.sent());
        return head;
    }

    private void headOf(
            Chosen chosen, BackendCall call, Future<HttpClientResponse> response, Promise<Passage<Attempt>> done) {
        trail.whenCutShort(by -> {
            if (!done.future().isComplete()) {
                Stop stop = call.sentWhole() ? Stop.cutUnanswered(by) : Stop.cutUnsent(by);
                vitals.givenUp(chosen, stop);
                cut(chosen, stop, done);
            }
            call.cancel();
        });
        long timer = context.owner().setTimer(patience(chosen).toMillis(), _ -> {
            trail.place().ifPresent(Gate.Place::overloaded);
            done.tryComplete(new Passage.Onward<>(silent(chosen, call, Silence.TIMEOUT)));
            call.cancel();
        });
        done.future().onComplete(_ -> context.owner().cancelTimer(timer));
        response.onComplete(
                head -> {
                    head.pause();
                    Answering answering = new Answering(chosen, call, head);
                    if (done.tryComplete(new Passage.Onward<>(new Attempt.Answered(answering)))) {
                        vitals.headCame(answering);
                    } else {
                        call.cancel();
                    }
                },
                failure -> {
                    if (!done.future().isComplete()) {
                        unserved = call.surelyUnserved(
                                Duration.ofNanos(services.time().nanos() - trail.times().sent));
                        done.complete(new Passage.Onward<>(silent(chosen, call, Silence.BROKEN)));
                    }
                });
    }

    /** How a backend fails to answer. */
    private enum Silence {
        /** It takes too long. */
        TIMEOUT,
        /** The connection is gone. */
        BROKEN;

        private final String word = name().toLowerCase(Locale.ROOT);
    }

    /** The head of a whole answer comes when all of it is written, that of a stream before its first word. */
    private Duration patience(Chosen chosen) {
        return switch (chosen.held().asking().request().ask().delivery()) {
            case WHOLE -> services.deadlines().whole();
            case STREAMED -> services.deadlines().firstByte();
        };
    }

    private Target target(Chosen chosen) {
        return new Target(
                chosen.deployment().upstreamModel(),
                chosen.held().sizes().outputTokens(),
                Dialing.outputField(chosen.backend()),
                chosen.counting());
    }

    private OpenRequest openRequest(Chosen chosen, Served served) {
        Asking asking = chosen.held().asking();
        Model model = asking.model();
        return new OpenRequest(
                trail.id(),
                trail.atMicros(),
                asking.caller().principal().caller(),
                trail.asked(),
                served,
                chosen.held().sizes().likelyInputTokens(),
                model.price(),
                model.priceVersion(),
                trail.caller().snapshot().configuration().version(),
                Step.instead(trail.steps()),
                chosen.deployment().cost());
    }

    /** No connection could be made: nothing was sent, and nothing is charged. */
    private Attempt unreachable(Chosen chosen) {
        vitals.unreachable(chosen);
        return new Attempt.Unanswered(
                chosen,
                Elsewhere.AWAY_FROM_IT,
                Stop.failed(Fault.of(Reason.BACKEND_UNAVAILABLE, "no backend of this model can be reached now")));
    }

    /**
     * No answer began: where the request was sent whole, the backend has worked on the input. One that takes too long may
     * still be at it, and by then nobody has patience for another.
     */
    private Attempt silent(Chosen chosen, BackendCall call, Silence silence) {
        if (unserved) {
            vitals.metTheClose(chosen, silence.word);
        } else {
            vitals.unanswered(chosen, silence.word);
        }
        Elsewhere elsewhere = switch (silence) {
            case TIMEOUT -> Elsewhere.NO;
            case BROKEN -> Elsewhere.AS_A_RETRY;
        };
        Fault fault = Fault.of(Reason.BACKEND_ERROR, "the model's backend did not answer");
        if (!call.sentWhole()) {
            return new Attempt.Unanswered(chosen, elsewhere, Stop.failed(fault));
        }
        Stop stop = new Stop(
                Ending.BROKEN_BEFORE_FIRST_BYTE,
                Outcome.FAILED,
                Optional.of(Reason.BACKEND_ERROR),
                Optional.empty(),
                Relayed.NOTHING,
                new Farewell.Failure(fault, Optional.empty()));
        return new Attempt.Unanswered(chosen, elsewhere, stop);
    }
}
