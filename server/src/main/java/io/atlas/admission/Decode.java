package io.atlas.admission;

import io.atlas.admission.BodyReader.Body;
import io.atlas.config.Model;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.ChatRequest;
import io.atlas.dialect.openai.Decoded;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;

/** From the bytes to what is asked, and to the model that this caller may ask for it. */
public final class Decode implements Stage<Identified, Asking> {
    private static final int MAX_SHOWN_MODEL = 128;

    private final Vertx vertx;
    private final Trail trail;

    public Decode(Vertx vertx, Trail trail) {
        this.vertx = vertx;
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
                yield Passage.stopped(Stop.leftUnsent());
            }
        });
    }

    private boolean json() {
        String type = trail.request().getHeader(HttpHeaders.CONTENT_TYPE);
        String encoding = trail.request().getHeader(HttpHeaders.CONTENT_ENCODING);
        boolean plain = encoding == null || encoding.equalsIgnoreCase("identity");
        return plain && (type == null || type.toLowerCase(Locale.ROOT).startsWith("application/json"));
    }

    private Future<Passage<Asking>> decoded(Identified from, byte[] body) {
        return switch (ChatRequest.decode(body)) {
            case Decoded.Wrong wrong -> Passage.stopped(Stop.refused(wrong.fault()));
            case Decoded.Request read -> resolved(from, read.request());
        };
    }

    private Future<Passage<Asking>> resolved(Identified from, ChatRequest request) {
        Snapshot snapshot = from.snapshot();
        Principal principal = from.principal();
        Ask ask = request.ask();
        trail.understood(asked(ask));
        Optional<Model> model = snapshot.model(ask.model());
        if (model.isEmpty()) {
            return Passage.stopped(Stop.refused(unknown(ask.model())));
        }
        Asking asking = new Asking(from, request, model.get(), snapshot.path(principal, model.get()));
        if (!principal.tier().mayUse(model.get().name(), model.get().modelClass())) {
            return Passage.stopped(outside(asking));
        }
        trail.may(asking);
        return Passage.onward(asking);
    }

    private Asked asked(Ask ask) {
        Answering answering = ask.delivery() == Ask.Delivery.STREAMED ? Answering.STREAMED : Answering.WHOLE;
        String model = ask.model().length() > MAX_SHOWN_MODEL ? ask.model().substring(0, MAX_SHOWN_MODEL) : ask.model();
        return new Asked(trail.asked().dialect(), trail.asked().route(), model, answering, ask.maxOutputTokens());
    }

    private static Fault unknown(String model) {
        return Fault.of(
                Reason.MODEL_NOT_FOUND, "The model '" + model + "' does not exist or you do not have access to it.");
    }

    private static Stop outside(Asking asking) {
        Principal principal = asking.caller().principal();
        String model = asking.model().name();
        return switch (principal.disclosure()) {
            case MINIMAL -> Stop.refused(unknown(model));
            case FULL ->
                Stop.outside(
                        Fault.of(
                                Reason.MODEL_NOT_IN_TIER,
                                "The model '" + model + "' is not part of the tier '"
                                        + principal.tier().name() + "'. GET /v1/models lists those that are."),
                        asking);
        };
    }
}
