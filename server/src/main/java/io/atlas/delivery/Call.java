package io.atlas.delivery;

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
import io.atlas.telemetry.Telemetry.Reach;
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
import java.util.Optional;

/** Sends the request, with its output bounded by what was reserved, and waits for the head of the answer. */
public final class Call implements Stage<Chosen, Answering> {
    /** Less than what a socket takes at once. */
    private static final int ONE_WRITE_BYTES = 64 << 10;

    private final Services services;
    private final BackendClients clients;
    private final Context context;
    private final Trail trail;
    private boolean unserved;

    public Call(Services services, BackendClients clients, Context context, Trail trail) {
        this.services = services;
        this.clients = clients;
        this.context = context;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Answering>> pass(Chosen chosen) {
        if (trail.cut().isPresent()) {
            return Passage.stopped(Stop.cutUnsent(trail.cut().get()));
        }
        Served served = new Served(
                chosen.held().asking().model().name(), chosen.backend().name());
        Optional<OpenSlot> slot = services.open().apply(openRequest(chosen, served));
        if (slot.isEmpty()) {
            return Passage.stopped(Stop.refused(
                    Fault.of(Reason.OVERLOADED, "this gateway holds as many requests as it can; try again shortly")));
        }
        trail.opens(slot.get());
        return send(chosen, served, slot.get());
    }

    /** Sends it, and once more where the backend has surely not begun with it, and may be sent a retry. */
    private Future<Passage<Answering>> send(Chosen chosen, Served served, OpenSlot slot) {
        return sendOnce(chosen, served, slot)
                .compose(passage -> unserved && trail.cut().isEmpty() && affords(chosen)
                        ? sendOnce(chosen, served, slot)
                        : Future.succeededFuture(passage));
    }

    private boolean affords(Chosen chosen) {
        long nowMicros = services.time().epochMicros();
        return services.retryBudgets().of(chosen.backend(), nowMicros).retry(nowMicros);
    }

    private Future<Passage<Answering>> sendOnce(Chosen chosen, Served served, OpenSlot slot) {
        OpenAiRequest request = chosen.held().asking().request();
        Buffer body = Buffer.buffer(request.forBackend(target(chosen)));
        trail.times().sent = services.time().nanos();
        Promise<Passage<Answering>> done = Promise.promise();
        trail.whenCutShort(by -> done.tryComplete(new Passage.Stopped<>(Stop.cutUnsent(by))));
        clients.of(chosen.backend())
                .connect(request.route().path(), body.length(), trail.id())
                .onComplete(
                        call -> {
                            if (done.future().isComplete()) {
                                call.cancel();
                                return;
                            }
                            trail.sentTo(served);
                            headOf(chosen, call, sent(call, body, slot), done);
                        },
                        failure -> done.tryComplete(new Passage.Stopped<>(unreachable(chosen))));
        return done.future();
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
            Chosen chosen, BackendCall call, Future<HttpClientResponse> response, Promise<Passage<Answering>> done) {
        trail.whenCutShort(by -> {
            done.tryComplete(new Passage.Stopped<>(call.sentWhole() ? Stop.cutUnanswered(by) : Stop.cutUnsent(by)));
            call.cancel();
        });
        long timer = context.owner().setTimer(patience(chosen).toMillis(), _ -> {
            trail.place().ifPresent(Gate.Place::overloaded);
            done.tryComplete(new Passage.Stopped<>(silent(chosen, call, "timeout")));
            call.cancel();
        });
        done.future().onComplete(_ -> context.owner().cancelTimer(timer));
        response.onComplete(
                head -> {
                    head.pause();
                    services.telemetry().backendUp(chosen.backend().name(), Reach.UP);
                    if (!done.tryComplete(new Passage.Onward<>(new Answering(chosen, call, head)))) {
                        call.cancel();
                    }
                },
                failure -> {
                    if (!done.future().isComplete()) {
                        unserved = call.surelyUnserved(
                                Duration.ofNanos(services.time().nanos() - trail.times().sent));
                        done.complete(new Passage.Stopped<>(silent(chosen, call, "broken")));
                    }
                });
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
                Step.instead(trail.steps()));
    }

    /** No connection could be made: nothing was sent, and nothing is charged. */
    private Stop unreachable(Chosen chosen) {
        services.telemetry().backendUp(chosen.backend().name(), Reach.DOWN);
        services.telemetry().backendError(chosen.backend().name(), "connect");
        attempted(chosen, "connect");
        return Stop.failed(Fault.of(Reason.BACKEND_UNAVAILABLE, "no backend of this model can be reached now"));
    }

    /** No answer began: where the request was sent whole, the backend has worked on the input. */
    private Stop silent(Chosen chosen, BackendCall call, String kind) {
        services.telemetry().backendError(chosen.backend().name(), kind);
        attempted(chosen, kind);
        Fault fault = Fault.of(Reason.BACKEND_ERROR, "the model's backend did not answer");
        if (!call.sentWhole()) {
            return Stop.failed(fault);
        }
        return new Stop(
                Ending.BROKEN_BEFORE_FIRST_BYTE,
                Outcome.FAILED,
                Optional.of(Reason.BACKEND_ERROR),
                Optional.empty(),
                Relayed.NOTHING,
                new Farewell.Failure(fault, Optional.empty()));
    }

    private void attempted(Chosen chosen, String ended) {
        long now = services.time().nanos();
        String deployment =
                chosen.held().asking().model().name() + "@" + chosen.backend().name();
        trail.step(new Step.Attempted(trail.afterMicros(now), deployment, 0, ended));
    }
}
