package io.atlas.gateway;

import io.atlas.admission.Attribute;
import io.atlas.admission.Identify;
import io.atlas.admission.MalformedBody;
import io.atlas.answer.Advice;
import io.atlas.answer.Outlooks;
import io.atlas.answer.QuotaJson;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Envelope;
import io.atlas.dialect.openai.ModelList;
import io.atlas.dialect.openai.Route;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Services;
import io.atlas.exchange.Trail;
import io.atlas.exchange.Trail.Arrival;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.Decision;
import io.atlas.ledger.LedgerException;
import io.atlas.model.Model;
import io.atlas.time.Ids;
import io.atlas.upstream.BackendClients;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data plane of one event loop: what each route of a caller does. */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long MICROS_PER_SECOND = 1_000_000;

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

    private final Services services;
    private final BackendClients clients;
    private final Context context;
    private final Identify identify;
    private final long startedSeconds;
    private final UnderWay underWay;
    private final Check check;

    /** A data plane on the context of its event loop. */
    public Gateway(Services services, BackendClients clients, Context context) {
        this.services = services;
        this.clients = clients;
        this.context = context;
        this.underWay = new UnderWay(services, context);
        this.check = new Check(services, context);
        this.identify = new Identify(services.snapshot(), services.time());
        this.startedSeconds = services.time().epochMicros() / MICROS_PER_SECOND;
    }

    /** A request for a model. */
    public void serve(Route route, HttpServerRequest request) {
        long atMicros = services.time().epochMicros();
        withCaller(request, atMicros, caller -> {
            Asked asked = new Asked("openai", route.path(), "", Answering.WHOLE, OptionalLong.empty());
            Arrival arrival = new Arrival(
                    Ids.request(atMicros),
                    atMicros,
                    services.time().nanos(),
                    request,
                    caller,
                    services.traces().of(request.headers()));
            Trail trail = new Trail(arrival, asked);
            HttpServerResponse response = request.response();
            Answerer.identify(response, trail.id());
            response.closeHandler(_ -> trail.leave());
            response.exceptionHandler(failure -> {
                if (!(failure instanceof MalformedBody)) {
                    trail.leave();
                }
            });
            underWay.begin(trail);
            new Exchange(services, clients, context, route, trail)
                    .run(caller)
                    .onFailure(defect -> failed(trail, defect))
                    .onComplete(_ -> underWay.end(trail));
        });
    }

    /** Gives the answer to a request that leaves no decision an id of its own. */
    public void identify(HttpServerRequest request) {
        request.response().putHeader(REQUEST_ID, Ids.request(services.time().epochMicros()));
    }

    /** Completes when no request is on its way any more, not even that of a caller who has left; asked when none can come. */
    public Future<Void> quiet() {
        return underWay.quiet();
    }

    /** Ends every request that is still on its way: it is charged as far as it came, and its caller is told. */
    public void breakOff() {
        underWay.breakOff();
    }

    /** {@code GET /v1/models}: those that this caller may use. */
    public void models(HttpServerRequest request) {
        withPerson(request, services.time().epochMicros(), caller -> {
            List<String> names = usable(caller).map(Model::name).sorted().toList();
            json(request, ModelList.of(names, startedSeconds));
        });
    }

    /** {@code GET /v1/models/ID}. */
    public void model(HttpServerRequest request, String name) {
        withPerson(request, services.time().epochMicros(), caller -> {
            if (usable(caller).anyMatch(model -> model.name().equals(name))) {
                json(request, ModelList.one(name, startedSeconds));
            } else {
                fault(
                        request,
                        Fault.of(
                                Reason.MODEL_NOT_FOUND,
                                "The model '" + name + "' does not exist or you do not have access to it."));
            }
        });
    }

    /** {@code GET /v1/quota}: the limits on this caller's own path. */
    public void quota(HttpServerRequest request) {
        long atMicros = services.time().epochMicros();
        withPerson(request, atMicros, caller -> {
            List<Limit> declared = new ArrayList<>(caller.principal().limits());
            declared.addAll(
                    caller.snapshot().standIns(caller.principal().caller().tenant()));
            List<Limit> limits = services.store().current(declared, atMicros);
            Future.fromCompletionStage(services.store().levels(limits, atMicros), context)
                    .onComplete(
                            levels -> json(
                                    request,
                                    QuotaJson.of(
                                            caller.principal().caller(),
                                            limits,
                                            levels,
                                            Outlooks.by(services.savings().rates(), atMicros),
                                            atMicros)),
                            defect -> failed(request, defect));
        });
    }

    /** {@code POST /v1/quota/check}: what would become of the body if this caller sent it. */
    public void check(HttpServerRequest request) {
        withCaller(request, services.time().epochMicros(), caller -> check.answer(request, caller));
    }

    /** {@code GET /v1/decisions/ID}: of the same key. */
    public void decision(HttpServerRequest request, String id) {
        withCaller(
                request,
                services.time().epochMicros(),
                caller -> context.executeBlocking(() -> services.decisions().apply(id), false)
                        .onComplete(
                                found -> found.filter(decision ->
                                                owns(caller.principal().caller(), decision))
                                        .ifPresentOrElse(
                                                decision -> json(
                                                        request, decision.json().getBytes(StandardCharsets.UTF_8)),
                                                () -> fault(
                                                        request,
                                                        Fault.of(
                                                                Reason.NOT_FOUND,
                                                                "no decision of this key has that id"))),
                                defect -> notFound(request, defect)));
    }

    /** Whether there is one, only the others know, who cannot be asked. */
    private static void notFound(HttpServerRequest request, Throwable defect) {
        if (defect instanceof LedgerException) {
            LOG.atWarn().setCause(defect).log("the lines of all nodes could not be asked for a decision");
            fault(
                    request,
                    Fault.of(
                            Reason.QUOTA_UNAVAILABLE,
                            "this node has no such decision, and those of the other nodes cannot be read now"));
        } else {
            failed(request, defect);
        }
    }

    private void withCaller(HttpServerRequest request, long atMicros, Consumer<Identified> then) {
        Optional<Identified> caller = identify.caller(request);
        if (caller.isPresent()) {
            then.accept(caller.get());
            return;
        }
        request.response().putHeader(REQUEST_ID, Ids.request(atMicros));
        fault(request, Identify.INVALID_KEY);
    }

    /** A question for one of the people behind a key makes nobody known. */
    private void withPerson(HttpServerRequest request, long atMicros, Consumer<Identified> then) {
        withCaller(request, atMicros, key -> {
            switch (Attribute.named(services.people(), key, request.headers())) {
                case Attribute.Named.Caller named -> then.accept(named.caller());
                case Attribute.Named.Wrong wrong -> fault(request, wrong.fault());
            }
        });
    }

    private static Stream<Model> usable(Identified caller) {
        return caller.snapshot().configuration().models().values().stream()
                .filter(model -> caller.principal().mayUse(model));
    }

    private static boolean owns(Caller caller, Decision decision) {
        return decision.tenant().equals(caller.tenant())
                && decision.team().equals(caller.team())
                && decision.key().equals(caller.key());
    }

    static void json(HttpServerRequest request, byte[] body) {
        request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(Buffer.buffer(body));
    }

    /** Answers with an error that has no decision behind it. */
    public static void fault(HttpServerRequest request, Fault fault) {
        HttpServerResponse response = request.response();
        response.setStatusCode(fault.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        Advice.write(response, fault.reason(), Optional.empty());
        response.end(Buffer.buffer(Envelope.of(fault)));
    }

    private static void failed(Trail trail, Throwable defect) {
        LOG.atError().setCause(defect).addKeyValue("request", trail.id()).log("an exchange failed");
        HttpServerResponse response = trail.request().response();
        if (!response.closed()) {
            trail.request().connection().close();
        }
    }

    static void failed(HttpServerRequest request, Throwable defect) {
        LOG.atError().setCause(defect).log("a question could not be answered");
        fault(request, Fault.of(Reason.INTERNAL_ERROR, "this gateway failed"));
    }
}
