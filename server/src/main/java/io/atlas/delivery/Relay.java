package io.atlas.delivery;

import io.atlas.delivery.LimitedBody.Body;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.ErrorReader;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.upstream.Gate;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Passes the answer on, as it comes or as a whole, and learns from it what was used. Every answer ends here. */
public final class Relay implements Stage<Answering, Stop> {
    private static final int MAX_ERROR_BYTES = 64 << 10;
    /** What an error that nobody hears of may take to come: the request waits for it. */
    private static final Duration PASSED_OVER = Duration.ofMillis(500);

    private final Services services;
    private final Context context;
    private final Trail trail;
    private final Vitals vitals;

    public Relay(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
        this.vitals = new Vitals(services, trail);
    }

    /** Reads an error to its end, of which nobody hears: the request is sent elsewhere. */
    public Future<Void> passOver(Answering answering) {
        if (StatusMeaning.of(answering.head().statusCode()) == StatusMeaning.FULL) {
            trail.place().ifPresent(Gate.Place::overloaded);
        }
        return new LimitedBody(context, trail, answering)
                .read(MAX_ERROR_BYTES, PASSED_OVER)
                .map(_ -> {
                    vitals.over(answering, Stop.failed(fault(answering.head().statusCode(), Optional.empty())));
                    return null;
                })
                .mapEmpty();
    }

    @Override
    public Future<Passage<Stop>> pass(Answering answering) {
        Future<Stop> stop = StatusMeaning.of(answering.head().statusCode()) == StatusMeaning.ANSWER
                ? success(answering)
                : error(answering);
        return stop.compose(end -> {
            vitals.over(answering, end);
            return Passage.onward(end);
        });
    }

    private Future<Stop> success(Answering answering) {
        Delivery delivery = answering.chosen().held().asking().request().ask().delivery();
        return switch (delivery) {
            case WHOLE -> new WholeRelay(services, context, trail, answering).relay();
            case STREAMED -> new StreamRelay(services, context, trail, answering).relay();
        };
    }

    private Future<Stop> error(Answering answering) {
        HttpClientResponse head = answering.head();
        return new LimitedBody(context, trail, answering)
                .read(MAX_ERROR_BYTES, services.deadlines().error())
                .map(read -> {
                    Optional<String> message = read instanceof Body.Whole whole
                            ? ErrorReader.of(whole.bytes().getBytes()).map(said -> withoutHost(said, answering))
                            : Optional.empty();
                    Fault fault = fault(head.statusCode(), message);
                    if (fault.reason() != Reason.OVERLOADED) {
                        return Stop.failed(fault);
                    }
                    trail.place().ifPresent(Gate.Place::overloaded);
                    return busy(fault, head);
                });
    }

    /** The message without the name of the host that it comes from, which may look like any word. */
    private static String withoutHost(String message, Answering answering) {
        return answering
                .chosen()
                .backend()
                .url()
                .map(url -> message.replace(url.getHost(), "[address]"))
                .orElse(message);
    }

    private Stop busy(Fault fault, HttpClientResponse head) {
        OptionalLong millis = RetryAfter.millis(head.headers(), services.time().epochMicros());
        return millis.isPresent() ? Stop.busy(fault, millis.getAsLong()) : Stop.failed(fault);
    }

    /** What a caller is told of a backend's error: its own mistakes in full, the backend's troubles in general. */
    private static Fault fault(int status, Optional<String> message) {
        return switch (StatusMeaning.of(status)) {
            case REJECTED -> {
                Fault plain =
                        Fault.of(Reason.BACKEND_REJECTED, message.orElse("the model's backend rejected the request"));
                yield new Fault(plain.reason(), status, plain.type(), code(message), plain.message(), Optional.empty());
            }
            case FULL -> Fault.of(Reason.OVERLOADED, "the model's backend is overloaded; try again shortly");
            case ANSWER, FAILED -> Fault.of(Reason.BACKEND_ERROR, "the model's backend failed");
        };
    }

    /** Self-hosted servers give this one no code, and client libraries look for it. */
    private static String code(Optional<String> message) {
        boolean tooLong = message.isPresent() && message.get().contains("maximum context length");
        return tooLong ? "context_length_exceeded" : Reason.BACKEND_REJECTED.code();
    }
}
