package io.atlas.delivery;

import io.atlas.dialect.neutral.Answer;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.AnswerReader;
import io.atlas.dialect.openai.Route;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Relayed;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.unit.Usage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.Objects;
import java.util.Optional;

/** A whole answer: read to its end, understood, and passed on as the backend wrote it. */
final class WholeRelay {
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    /** What is read in less than a millisecond, even where it is all numbers. */
    private static final int QUICKLY_READ_BYTES = 64 << 10;

    private final Context context;
    private final Trail trail;
    private final Answering answering;

    WholeRelay(Context context, Trail trail, Answering answering) {
        this.context = context;
        this.trail = trail;
        this.answering = answering;
    }

    Future<Stop> relay() {
        trail.whenCallerLeaves(() -> answering.call().cancel());
        return LimitedBody.read(context, answering.head(), MAX_ANSWER_BYTES).transform(read -> {
            trail.whenCallerLeaves(() -> {});
            if (read.succeeded()) {
                return understood(read.result());
            }
            answering.call().cancel();
            return Future.succeededFuture(trail.callerLeft() ? Stop.leftUnanswered() : broken());
        });
    }

    private Future<Stop> understood(Buffer body) {
        String encoding = answering.head().getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return Future.succeededFuture(Stop.failed(nonsense()));
        }
        return answer(body.getBytes()).map(answer -> switch (answer) {
            case Answer.Whole whole -> served(body, whole);
            case Answer.Failed failed ->
                Stop.failed(Fault.of(Reason.BACKEND_ERROR, "the model's backend failed: " + failed.message()));
            case Answer.Nonsense _ -> Stop.failed(nonsense());
        });
    }

    /** Embeddings may be millions of numbers, for which all other requests of the event loop would have to wait. */
    private Future<Answer> answer(byte[] body) {
        Route route = answering.chosen().held().asking().request().route();
        return body.length <= QUICKLY_READ_BYTES
                ? Future.succeededFuture(AnswerReader.read(route, body))
                : context.executeBlocking(() -> AnswerReader.read(route, body), false)
                        .map(Objects::requireNonNull);
    }

    private static Stop served(Buffer body, Answer.Whole whole) {
        return new Stop(
                Ending.SERVED,
                Outcome.SERVED,
                Optional.empty(),
                whole.usage(),
                new Relayed(whole.text(), 0),
                new Farewell.Whole("application/json", body));
    }

    /** The head came and the body did not: as of a stream that broke before its first byte, the input was worked on. */
    private static Stop broken() {
        Fault fault = Fault.of(Reason.BACKEND_ERROR, "the model's backend broke its answer off");
        return new Stop(
                Ending.BROKEN_BEFORE_FIRST_BYTE,
                Outcome.FAILED,
                Optional.of(Reason.BACKEND_ERROR),
                Optional.<Usage>empty(),
                Relayed.NOTHING,
                new Farewell.Failure(fault, Optional.empty()));
    }

    private static Fault nonsense() {
        return Fault.of(Reason.BACKEND_ERROR, "the model's backend gave an answer that makes no sense");
    }
}
