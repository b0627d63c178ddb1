package io.atlas.gateway;

import io.atlas.admission.Remedies;
import io.atlas.answer.Advice;
import io.atlas.answer.RateHeaders;
import io.atlas.answer.RefusalJson;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Envelope;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Services;
import io.atlas.exchange.StreamHead;
import io.atlas.exchange.Trail;
import io.atlas.gateway.Settle.Settled;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Remedy;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.unit.Money;
import io.atlas.upstream.Connections;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes the last of an answer: the whole of it, the end of a stream, or why there is none. */
final class Answerer {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
    private static final CharSequence DECISION = HttpHeaders.createOptimized("x-atlas-decision");
    private static final CharSequence MODEL = HttpHeaders.createOptimized("x-atlas-model");
    private static final CharSequence DOWNGRADED_FROM = HttpHeaders.createOptimized("x-atlas-downgraded-from");
    private static final CharSequence TRIMMED_TOKENS = HttpHeaders.createOptimized("x-atlas-trimmed-tokens");
    private static final CharSequence MAX_TOKENS = HttpHeaders.createOptimized("x-atlas-max-tokens");
    private static final CharSequence QUEUE_MILLIS = HttpHeaders.createOptimized("x-atlas-queue-ms");
    private static final CharSequence COST_USD = HttpHeaders.createOptimized("x-atlas-cost-usd");

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Services services;
    private final Context context;
    private final Trail trail;

    Answerer(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
    }

    /** The headers that every answer has, as far as they are known when its head is written. */
    static void identify(HttpServerResponse response, String requestId) {
        response.putHeader(REQUEST_ID, requestId);
        response.putHeader(DECISION, requestId);
    }

    /** The headers of a request that is within its limits. */
    static void admitted(Trail trail) {
        HttpServerResponse response = trail.request().response();
        trail.reservation().ifPresent(reservation -> RateHeaders.write(response, reservation, trail.atMicros()));
        trail.served().ifPresent(served -> {
            response.putHeader(MODEL, served.model());
            if (!served.model().equals(trail.asked().model())) {
                response.putHeader(DOWNGRADED_FROM, trail.asked().model());
            }
        });
        trail.sizes().ifPresent(sizes -> {
            boolean changed =
                    sizes.outputTokens() > 0 && trail.asked().maxTokens().orElse(-1) != sizes.outputTokens();
            if (changed) {
                response.putHeader(MAX_TOKENS, Long.toString(sizes.outputTokens()));
            }
        });
        if (trail.trimmedTokens() > 0) {
            response.putHeader(TRIMMED_TOKENS, Long.toString(trail.trimmedTokens()));
        }
        waited(response, trail);
    }

    private static void waited(HttpServerResponse response, Trail trail) {
        if (trail.times().queued > 0) {
            response.putHeader(QUEUE_MILLIS, Long.toString(trail.times().queued / NANOS_PER_MILLI));
        }
    }

    Future<Void> answer(Settled settled, LedgerLine.Kept kept) {
        HttpServerResponse response = trail.request().response();
        if (trail.callerLeft() || response.closed()) {
            return Future.succeededFuture();
        }
        Farewell farewell = settled.stop().farewell();
        if (kept == LedgerLine.Kept.LOST && settled.stop().outcome() == Outcome.SERVED) {
            farewell = new Farewell.Failure(
                    Fault.of(Reason.QUOTA_UNAVAILABLE, "the ledger cannot be written, so nothing can be served now"),
                    Optional.empty());
        }
        return switch (farewell) {
            case Farewell.Whole whole -> whole(response, whole, settled);
            case Farewell.EndOfStream end -> endOfStream(response, end);
            case Farewell.Failure error -> error(response, Telling.of(error));
            case Farewell.ComeBack later -> error(response, Telling.of(later));
            case Farewell.Outside outside -> error(response, Telling.of(outside));
            case Farewell.Nothing _ -> {
                Connections.cutOff(trail.request().connection());
                yield Future.succeededFuture();
            }
        };
    }

    private Future<Void> last(Buffer bytes) {
        return new LastWrite(context, services.deadlines().unread(), trail.request()).end(bytes);
    }

    private Future<Void> endOfStream(HttpServerResponse response, Farewell.EndOfStream end) {
        StreamHead.set(response);
        return last(end.bytes());
    }

    private Future<Void> whole(HttpServerResponse response, Farewell.Whole whole, Settled settled) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, whole.contentType());
        response.putHeader(COST_USD, Money.decimalUsd(settled.costNanoUsd()));
        return last(whole.body());
    }

    private Future<Void> error(HttpServerResponse response, Telling error) {
        List<Remedy> advised = Step.remedies(trail.steps());
        List<Remedy> remedies = advised.isEmpty() ? Remedies.against(error.fault()) : advised;
        RefusalJson more =
                new RefusalJson(trail.id(), error.fault(), error.refused(), error.retryAfterMillis(), remedies);
        Buffer body = Buffer.buffer(Envelope.of(error.fault(), more::write));
        return response.headWritten() ? breakOff(body) : refuse(response, error, body);
    }

    /** The answer has begun: one error event, and the end of the connection, so that nobody takes it for whole. */
    private Future<Void> breakOff(Buffer envelope) {
        Buffer event = Buffer.buffer(DATA).appendBuffer(envelope).appendString("\n\n");
        return last(event).eventually(() -> trail.request().connection().close());
    }

    private Future<Void> refuse(HttpServerResponse response, Telling error, Buffer envelope) {
        Optional<Refused> refused = error.refused();
        response.setStatusCode(error.fault().status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        waited(response, trail);
        Advice.write(response, error.fault().reason(), error.retryAfterMillis());
        return refused.isPresent() ? standing(response).compose(_ -> last(envelope)) : last(envelope);
    }

    /** The headers of a request that is not within its limits: how it stands with all of them. */
    private Future<Void> standing(HttpServerResponse response) {
        List<Limit> path =
                services.store().current(trail.asking().orElseThrow().path().limits(), trail.atMicros());
        return Future.fromCompletionStage(services.store().levels(path, trail.atMicros()))
                .onSuccess(levels -> RateHeaders.write(response, path, levels, trail.atMicros()))
                .mapEmpty();
    }
}
