package io.atlas.delivery;

import io.atlas.delivery.LimitedBody.Body;
import io.atlas.dialect.neutral.Answer;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.AnswerReader;
import io.atlas.dialect.openai.Route;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Relayed;
import io.atlas.exchange.Services;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A whole answer: read to its end, understood, and passed on as the backend wrote it. */
final class WholeRelay {
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    /** What is read in less than a millisecond, even where it is all numbers. */
    private static final int QUICKLY_READ_BYTES = 64 << 10;

    private final Services services;
    private final Context context;
    private final Trail trail;
    private final Answering answering;

    WholeRelay(Services services, Context context, Trail trail, Answering answering) {
        this.services = services;
        this.context = context;
        this.trail = trail;
        this.answering = answering;
    }

    Future<Stop> relay() {
        return new LimitedBody(context, trail, answering)
                .read(MAX_ANSWER_BYTES, services.deadlines().whole())
                .compose(read -> switch (read) {
                    case Body.Whole whole -> understood(whole.bytes());
                    case Body.Part _ -> Future.succeededFuture(broken());
                    case Body.CutShort cut -> Future.succeededFuture(Stop.cutUnanswered(cut.by()));
                });
    }

    private Future<Stop> understood(Buffer body) {
        String encoding = answering.head().getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return Future.succeededFuture(nonsense());
        }
        return answer(body.getBytes()).map(answer -> switch (answer) {
            case Answer.Whole whole -> served(body, whole);
            case Answer.Failed failed ->
                Stop.failed(Fault.of(Reason.BACKEND_ERROR, "the model's backend failed: " + failed.message()));
            case Answer.Nonsense _ -> nonsense();
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
                new Relayed(List.of(whole.text()), 0),
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

    /** What makes no sense may have been cut at the wrong place, and its rest be taken for the answer to somebody else. */
    private Stop nonsense() {
        answering.call().closeConnection();
        return Stop.failed(Fault.of(Reason.BACKEND_ERROR, "the model's backend gave an answer that makes no sense"));
    }
}
