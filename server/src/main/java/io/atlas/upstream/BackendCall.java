package io.atlas.upstream;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** One request on its way to a backend. Owned by the event loop that sent it. */
public final class BackendCall {
    private final HttpClientRequest request;
    private final Future<HttpClientResponse> response;

    BackendCall(HttpClientRequest request, Future<HttpClientResponse> response) {
        this.request = request;
        this.response = response;
    }

    /** The head of the answer; its body follows. */
    public Future<HttpClientResponse> response() {
        return response;
    }

    /** Gives the call up: the connection is closed, so that the backend stops and nobody gets the rest of this answer. */
    public void cancel() {
        request.reset();
    }
}
