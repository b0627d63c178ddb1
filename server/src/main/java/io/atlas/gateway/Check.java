package io.atlas.gateway;

import static io.atlas.exchange.Passage.then;

import io.atlas.admission.Attribute;
import io.atlas.admission.Decode;
import io.atlas.admission.Economise;
import io.atlas.admission.Estimate;
import io.atlas.admission.Reserve;
import io.atlas.answer.Foretold;
import io.atlas.answer.Foretold.Forecast;
import io.atlas.answer.Foretold.Standing;
import io.atlas.answer.ForetoldJson;
import io.atlas.answer.Outlooks;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Route;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Held;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.exchange.Trail.Arrival;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Remedy;
import io.atlas.model.Model;
import io.atlas.store.Peek;
import io.atlas.time.Ids;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What would become of a body if it were sent now: the way of a request as far as Reserve, by the same stages, over
 * counters that are only looked at. Nothing is held, charged, remembered or written down. What a backend would say, and
 * that the same request came before, is not foretold.
 */
public final class Check {
    private static final String ROUTE = "route";

    private final Services services;
    private final Context context;

    /** Answers on the context of an event loop. */
    public Check(Services services, Context context) {
        this.services = services.at(new Peek(services.store()));
        this.context = context;
    }

    /** Answers what would become of the request's body if that caller sent it to the route that the query names. */
    public void answer(HttpServerRequest request, Identified caller) {
        String named = Optional.ofNullable(request.getParam(ROUTE)).orElse(Route.CHAT.path());
        Optional<Route> route = Route.at(named);
        if (route.isEmpty()) {
            Gateway.fault(request, noRoute());
            return;
        }
        Trail trail = trail(request, caller, route.orElseThrow());
        request.response().closeHandler(_ -> trail.leave());
        foretold(trail, route.orElseThrow(), caller)
                .onComplete(
                        foretold -> foretold.filter(_ -> !trail.callerLeft())
                                .ifPresent(known -> Gateway.json(
                                        request,
                                        ForetoldJson.of(
                                                known,
                                                Outlooks.by(services.savings().rates(), known.atMicros())))),
                        defect -> Gateway.failed(request, defect));
    }

    private static Fault noRoute() {
        String known = Arrays.stream(Route.values()).map(Route::path).collect(Collectors.joining(", "));
        Reason reason = Reason.INVALID_REQUEST;
        return new Fault(
                reason,
                reason.status(),
                reason.type(),
                "invalid_" + ROUTE,
                ROUTE + ": not a route for a model (expected: one of " + known + ")",
                Optional.of(ROUTE));
    }

    private Trail trail(HttpServerRequest request, Identified caller, Route route) {
        long atMicros = services.time().epochMicros();
        Asked asked = new Asked("openai", route.path(), "", Answering.WHOLE, OptionalLong.empty());
        return new Trail(
                new Arrival(
                        Ids.request(atMicros), atMicros, services.time().nanos(), request, caller, Optional.empty()),
                asked);
    }

    /** Nothing where nobody is there to be told. */
    private Future<Optional<Foretold>> foretold(Trail trail, Route route, Identified caller) {
        Estimate estimate = new Estimate(services, context, trail);
        return Passage.onward(caller)
                .compose(then(new Attribute(services, trail, services.people()::expected)))
                .compose(then(new Decode(services, context.owner(), route, trail)))
                .compose(then(estimate))
                .compose(then(new Economise(services, estimate, trail)))
                .compose(then(new Reserve(services, estimate, trail)))
                .compose(passage -> switch (passage) {
                    case Passage.Onward<Held> held -> Future.succeededFuture(Optional.of(served(trail, held.next())));
                    case Passage.Stopped<Held> stopped -> stopped(trail, stopped.stop());
                });
    }

    private static Foretold served(Trail trail, Held held) {
        Model model = held.asking().model();
        Demand demand = held.reservation().demand();
        Forecast forecast = new Forecast.Served(
                model.name(),
                demand.inputTokens(),
                held.sizes().outputTokens(),
                trail.trimmedTokens(),
                demand.nanoUsd(),
                model.priceVersion());
        List<Standing> limits = held.reservation().taken().stream()
                .map(taken -> new Standing(
                        taken.limit(),
                        taken.before(),
                        demand.of(taken.limit().spec().kind()),
                        Optional.of(taken.after())))
                .toList();
        return foretold(trail, forecast, limits);
    }

    private Future<Optional<Foretold>> stopped(Trail trail, Stop stop) {
        Optional<Telling> telling = Telling.of(stop.farewell());
        if (telling.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return new Advise(services, trail)
                .remedies(stop.farewell())
                .compose(remedies -> standings(trail)
                        .map(limits -> Optional.of(refused(trail, telling.orElseThrow(), remedies, limits))));
    }

    private static Foretold refused(Trail trail, Telling telling, List<Remedy> remedies, List<Standing> limits) {
        return foretold(trail, new Forecast.Refused(telling.fault(), telling.retryAfterMillis(), remedies), limits);
    }

    /** Those of the path of the model that was asked, where it came so far. */
    private Future<List<Standing>> standings(Trail trail) {
        Optional<Asking> asking = trail.asking();
        Optional<Sizes> sizes = trail.sizes();
        if (asking.isEmpty() || sizes.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        List<Limit> path = services.store().current(asking.orElseThrow().path().limits(), trail.atMicros());
        Demand demand = sizes.orElseThrow().demand(asking.orElseThrow().model());
        return Future.fromCompletionStage(services.store().levels(path, trail.atMicros()), context)
                .map(known -> IntStream.range(0, path.size())
                        .mapToObj(i -> new Standing(
                                path.get(i),
                                known.get(i),
                                demand.of(path.get(i).spec().kind()),
                                Optional.empty()))
                        .toList());
    }

    private static Foretold foretold(Trail trail, Forecast forecast, List<Standing> limits) {
        return new Foretold(
                trail.atMicros(),
                trail.caller().principal().caller(),
                trail.asked(),
                forecast,
                limits,
                trail.steps(),
                trail.caller().snapshot().configuration().version());
    }
}
