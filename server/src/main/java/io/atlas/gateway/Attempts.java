package io.atlas.gateway;

import static io.atlas.exchange.Passage.then;

import io.atlas.admission.Fallback;
import io.atlas.delivery.Afford;
import io.atlas.delivery.Answering;
import io.atlas.delivery.Attempt;
import io.atlas.delivery.Attempt.Elsewhere;
import io.atlas.delivery.Await;
import io.atlas.delivery.Call;
import io.atlas.delivery.Choose;
import io.atlas.delivery.Chosen;
import io.atlas.delivery.Relay;
import io.atlas.delivery.Trying;
import io.atlas.exchange.Held;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.reason.Reason;
import io.atlas.model.Model;
import io.atlas.upstream.BackendClients;
import io.atlas.upstream.Condition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * From what is held to the head of an answer: chosen, afforded, awaited, called. Where a deployment is full the request
 * goes on to another at once; where one fails before the first byte it is sent to another once, within the budget of
 * retries. Where none of the model is healthy, the model that it names as its fallback is held instead.
 */
final class Attempts implements Stage<Held, Answering> {
    /** As many deployments as one request is sent to. */
    private static final int MOST_ATTEMPTS = 3;

    private final Services services;
    private final Trail trail;
    private final Choose choose;
    private final Afford afford;
    private final Await await;
    private final Call call;
    private final Relay relay;
    private final Draws draws;

    Attempts(Services services, BackendClients clients, Context context, Trail trail) {
        this.services = services;
        this.trail = trail;
        this.choose = new Choose(services, trail);
        this.afford = new Afford(services, trail);
        this.await = new Await(services, context, trail);
        this.call = new Call(services, clients, context, trail);
        this.relay = new Relay(services, context, trail);
        this.draws = new Draws(services, trail);
    }

    @Override
    public Future<Passage<Answering>> pass(Held held) {
        Trying trying = Trying.first(held);
        return choose.pass(trying).compose(chosen -> switch (chosen) {
            case Passage.Onward<Chosen> onward -> first(trying, onward.next());
            case Passage.Stopped<Chosen> stopped ->
                unhealthy(stopped.stop()) ? fallBack(trying, stopped.stop()) : Passage.stopped(stopped.stop());
        });
    }

    private static boolean unhealthy(Stop stop) {
        return stop.reason().equals(Optional.of(Reason.BACKEND_UNAVAILABLE));
    }

    private Future<Passage<Answering>> first(Trying trying, Chosen chosen) {
        return afford.pass(chosen).compose(then(await)).compose(then(call)).compose(then(made -> judge(trying, made)));
    }

    /** Where it may not or cannot go elsewhere, what came of the attempt is what the caller gets. */
    private Future<Passage<Answering>> judge(Trying trying, Attempt attempt) {
        Trying rest = trying.after(attempt, concerned(attempt));
        boolean enough = rest.failures() > 1
                || rest.attempts() >= MOST_ATTEMPTS
                || trail.cut().isPresent();
        if (attempt.elsewhere() == Elsewhere.NO || enough) {
            return result(attempt);
        }
        if (usable(rest).test(rest.held().asking().model())) {
            return draws.over(attempt).compose(_ -> choose.pass(rest)).compose(chosen -> switch (chosen) {
                case Passage.Onward<Chosen> onward -> again(rest, attempt, onward.next());
                case Passage.Stopped<Chosen> _ -> result(attempt);
            });
        }
        return mayFallBack(rest, attempt)
                ? draws.over(attempt).compose(_ -> over(attempt)).compose(_ -> fallBack(rest))
                : result(attempt);
    }

    /** An overload is waited for, not fled from. */
    private boolean mayFallBack(Trying rest, Attempt attempt) {
        return switch (attempt.elsewhere()) {
            case NO, AT_ONCE -> false;
            case AWAY_FROM_IT -> fallback(rest).possible(rest.held());
            case AS_A_RETRY -> fallback(rest).possible(rest.held()) && afford.again(attempt.chosen());
        };
    }

    /** The deployments that are avoided after it. */
    private List<Condition> concerned(Attempt attempt) {
        return switch (attempt.elsewhere()) {
            case NO, AT_ONCE, AS_A_RETRY -> List.of(attempt.chosen().condition());
            case AWAY_FROM_IT ->
                services.deployments().on(attempt.chosen().backend().name());
        };
    }

    /** The models with a deployment that can serve the request, and was not tried. */
    private Predicate<Model> usable(Trying trying) {
        long nowMicros = services.time().nanos() / 1_000;
        Features needed = trying.held().asking().request().ask().needs();
        return model -> services.deployments().able(model, needed).stream()
                .anyMatch(condition -> !trying.tried().contains(condition) && condition.usable(nowMicros));
    }

    private Fallback fallback(Trying trying) {
        return new Fallback(services, trail, usable(trying));
    }

    private Future<Passage<Answering>> again(Trying rest, Attempt before, Chosen chosen) {
        boolean affordable = before.elsewhere() != Elsewhere.AS_A_RETRY || afford.again(chosen);
        return affordable
                ? over(before).compose(_ -> send(rest, chosen))
                : draws.release().compose(_ -> result(before));
    }

    private Future<Passage<Answering>> send(Trying rest, Chosen chosen) {
        return await.pass(chosen).compose(then(call)).compose(then(made -> judge(rest, made)));
    }

    private Future<Passage<Answering>> fallBack(Trying trying, Stop otherwise) {
        return fallback(trying).possible(trying.held()) ? fallBack(trying) : Passage.stopped(otherwise);
    }

    private Future<Passage<Answering>> fallBack(Trying trying) {
        return fallback(trying).pass(trying.held()).compose(then(held -> {
            Trying there = trying.at(held);
            return choose.pass(there).compose(then(chosen -> first(there, chosen)));
        }));
    }

    private static Future<Passage<Answering>> result(Attempt attempt) {
        return switch (attempt) {
            case Attempt.Answered answered -> Passage.onward(answered.answering());
            case Attempt.Unanswered unanswered -> Passage.stopped(unanswered.stop());
        };
    }

    /** What was taken for the attempt is given back before the next. */
    private Future<Void> over(Attempt attempt) {
        Future<Void> read = switch (attempt) {
            case Attempt.Answered answered -> relay.passOver(answered.answering());
            case Attempt.Unanswered _ -> Future.succeededFuture();
        };
        return read.onComplete(_ -> {
            long now = services.time().nanos();
            trail.place().ifPresent(place -> place.giveBack(0, 0, now / 1_000));
            if (trail.times().sent > 0) {
                trail.times().backend += now - trail.times().sent;
                trail.times().sent = 0;
            }
        });
    }
}
