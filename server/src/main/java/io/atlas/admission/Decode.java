package io.atlas.admission;

import io.atlas.admission.BodyReader.Body;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Decoded;
import io.atlas.dialect.openai.OpenAiRequest;
import io.atlas.dialect.openai.Route;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Cut;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.tenant.Tier;
import io.atlas.model.Model;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** From the bytes to what is asked, and to the model that this caller may ask for it. */
public final class Decode implements Stage<Identified, Asking> {
    private static final int MAX_SHOWN_MODEL = 128;

    private final Services services;
    private final Vertx vertx;
    private final Route route;
    private final Trail trail;

    public Decode(Services services, Vertx vertx, Route route, Trail trail) {
        this.services = services;
        this.vertx = vertx;
        this.route = route;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Asking>> pass(Identified from) {
        if (!json()) {
            return Passage.stopped(Stop.refused(Fault.of(
                    Reason.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type: not JSON (expected: application/json, not encoded)")));
        }
        int maxBytes = from.snapshot().configuration().server().limits().bodyBytes();
        return BodyReader.read(vertx, trail.request(), maxBytes).compose(body -> switch (body) {
            case Body.Bytes bytes -> decoded(from, bytes.bytes());
            case Body.TooLarge _ ->
                Passage.stopped(Stop.refused(Fault.of(
                        Reason.BODY_TOO_LARGE,
                        "the body is larger than this gateway reads (at most " + maxBytes + " bytes)")));
            case Body.TooSlow _ ->
                Passage.stopped(Stop.refused(Fault.of(Reason.REQUEST_TIMEOUT, "the body did not arrive in time")));
            case Body.Malformed malformed ->
                Passage.stopped(Stop.refused(Fault.of(Reason.INVALID_REQUEST, malformed.problem())));
            case Body.Broken _ -> {
                trail.leave();
                yield Passage.stopped(Stop.cutUnsent(Cut.CALLER_LEFT));
            }
        });
    }

    private boolean json() {
        String type = trail.request().getHeader(HttpHeaders.CONTENT_TYPE);
        String encoding = trail.request().getHeader(HttpHeaders.CONTENT_ENCODING);
        boolean plain = encoding == null || encoding.equalsIgnoreCase("identity");
        return plain && (type == null || mediaType(type).equals("application/json"));
    }

    /** Without its parameters. */
    private static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private Future<Passage<Asking>> decoded(Identified from, byte[] body) {
        return switch (route.decode(body)) {
            case Decoded.Wrong wrong -> Passage.stopped(Stop.refused(wrong.fault()));
            case Decoded.Request read -> tagged(from, read.request());
        };
    }

    private Future<Passage<Asking>> tagged(Identified from, OpenAiRequest request) {
        String tenant = from.principal().caller().tenant();
        return switch (CostTags.of(trail.request().headers(), tenant, services.tagSets())) {
            case CostTags.Known known -> {
                trail.understood(asked(request.ask(), known.tags()));
                yield timed(from, request);
            }
            case CostTags.Wrong wrong -> {
                trail.understood(asked(request.ask(), Tags.NONE));
                yield Passage.stopped(Stop.refused(Fault.ofHeader(CostTags.HEADER, wrong.why())));
            }
        };
    }

    private Future<Passage<Asking>> timed(Identified from, OpenAiRequest request) {
        return switch (MaxWait.of(trail.request().headers())) {
            case MaxWait.Millis wait -> resolved(from, request, wait.millis());
            case MaxWait.Wrong _ ->
                Passage.stopped(Stop.refused(Fault.ofHeader(
                        MaxWait.HEADER,
                        MaxWait.HEADER + ": not a time (expected: once, 0 to " + MaxWait.MOST_MILLIS
                                + " milliseconds)")));
        };
    }

    private Future<Passage<Asking>> resolved(Identified from, OpenAiRequest request, OptionalLong maxWaitMillis) {
        Snapshot snapshot = from.snapshot();
        Principal principal = from.principal();
        Ask ask = request.ask();
        Optional<Model> model = snapshot.model(ask.model());
        if (model.isEmpty()) {
            return Passage.stopped(Stop.refused(unknown(ask.model())));
        }
        Asking asking = new Asking(from, request, model.get(), snapshot.path(principal, model.get()), maxWaitMillis);
        if (!principal.mayUse(model.get())) {
            return Passage.stopped(outside(asking));
        }
        Optional<Feature> lacking = model.get().lacking(ask.needs());
        if (lacking.isPresent()) {
            return Passage.stopped(unable(asking, lacking.get()));
        }
        trail.may(asking);
        return Passage.onward(asking);
    }

    private Asked asked(Ask ask, Tags tags) {
        Answering answering = ask.delivery() == Ask.Delivery.STREAMED ? Answering.STREAMED : Answering.WHOLE;
        String model = ask.model().length() > MAX_SHOWN_MODEL ? ask.model().substring(0, MAX_SHOWN_MODEL) : ask.model();
        OptionalLong maxTokens =
                ask.output().none() ? OptionalLong.empty() : ask.output().maxTokens();
        return new Asked(trail.asked().dialect(), route.path(), model, answering, maxTokens, tags);
    }

    private static Fault unknown(String model) {
        return Fault.of(
                Reason.MODEL_NOT_FOUND, "The model '" + model + "' does not exist or you do not have access to it.");
    }

    private static Stop unable(Asking asking, Feature lacking) {
        String field = asking.request().field(lacking);
        String needed = asking.request().ask().needs().inOrder().stream()
                .map(Feature::word)
                .collect(Collectors.joining(", "));
        return Stop.outside(
                Fault.ofField(
                        field,
                        field + ": no deployment of the model '"
                                + asking.model().name() + "' has all features that this request needs (" + needed
                                + ")"),
                asking);
    }

    private static Stop outside(Asking asking) {
        Principal principal = asking.caller().principal();
        String model = asking.model().name();
        Tier ofTenant = principal.tenantTier();
        Tier without = ofTenant.mayUse(model, asking.model().modelClass()) ? principal.tier() : ofTenant;
        return switch (principal.disclosure()) {
            case MINIMAL -> Stop.refused(unknown(model));
            case FULL ->
                Stop.outside(
                        Fault.of(
                                Reason.MODEL_NOT_IN_TIER,
                                "The model '" + model + "' is not part of the tier '" + without.name()
                                        + "'. GET /v1/models lists those that are."),
                        asking);
        };
    }
}
