package io.atlas.upstream;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** One request on its way to a backend. Owned by the event loop that sent it. */
public final class BackendCall {
    private final HttpClientRequest request;

    BackendCall(HttpClientRequest request) {
        this.request = request;
    }

    /** Sends the body; the future is the head of the answer, whose body follows. */
    public Future<HttpClientResponse> send(Buffer body) {
        return request.send(body);
    }

    /** Gives the call up: the connection is closed, so that the backend stops and nobody gets the rest of this answer. */
    public void cancel() {
        request.reset();
    }
}
