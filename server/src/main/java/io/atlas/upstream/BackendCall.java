package io.atlas.upstream;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** One request on its way to a backend. Owned by the event loop that sent it. */
public final class BackendCall {
    private static final int MAX_FIELDS = 100;
    private static final int MAX_INTERIM_ANSWERS = 10;

    private final HttpClientRequest request;
    private int interimAnswers;

    /** A backend answers with more than anybody reads. */
    private static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super("headers: more (expected: at most " + MAX_FIELDS + ")", null, false, false);
        }
    }

    BackendCall(HttpClientRequest request) {
        this.request = request;
    }

    /** Sends the body; the future is the head of the answer, whose body follows. It fails where that head is too large. */
    public Future<HttpClientResponse> send(Buffer body) {
        request.continueHandler(_ -> interim());
        request.earlyHintsHandler(_ -> interim());
        return request.send(body).compose(head -> {
            if (head.headers().entries().size() <= MAX_FIELDS) {
                return Future.succeededFuture(head);
            }
            cancel();
            return Future.failedFuture(new TooMuch());
        });
    }

    /** An interim answer says nothing to Atlas, and a backend that sends them without end says nothing else. */
    private void interim() {
        interimAnswers++;
        if (interimAnswers > MAX_INTERIM_ANSWERS) {
            cancel();
        }
    }

    /** Gives the call up: the connection is closed, so that the backend stops and nobody gets the rest of this answer. */
    public void cancel() {
        request.reset();
    }
}
