package io.atlas.upstream;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** One request on its way to a backend. Owned by the event loop that sent it. */
public final class BackendCall {
    private final HttpClientRequest request;
    private Future<Void> written = Future.failedFuture("not sent");

    BackendCall(HttpClientRequest request) {
        this.request = request;
    }

    /** Sends the body; the future is the head of the answer, whose body follows. */
    public Future<HttpClientResponse> send(Buffer body) {
        Future<HttpClientResponse> head = request.response();
        written = request.end(body);
        return head;
    }

    /** Completes when all of the request has been handed to the network. */
    public Future<Void> written() {
        return written;
    }

    /** Whether all of the request has been handed to the network. */
    public boolean sentWhole() {
        return written.succeeded();
    }

    /**
     * Reads nothing more from the connection until {@link #readOn}. What a read has delivered by now still comes: a
     * response that is paused would queue it, where nobody could count it.
     */
    public void holdBack() {
        Connections.holdBack(request.connection());
    }

    /** Reads on, so that the connection can serve the next request when this one is over. */
    public void readOn() {
        Connections.readOn(request.connection());
    }

    /**
     * Gives a call up that is not over: the connection is closed, so that the backend stops and nobody gets the rest of
     * this answer. It is closed at once, as the client itself would first write what the backend has not read yet.
     */
    public void cancel() {
        request.reset();
        Connections.cutOff(request.connection());
    }

    /**
     * Closes the connection at the end of an answer, before it would serve another request: nobody knows what else is on
     * it. To be called while the end of the answer is handled, as later it may be somebody else's.
     */
    public void closeConnection() {
        Connections.cutOff(request.connection());
    }
}
