package io.atlas.upstream;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.LongSupplier;

/** One request on its way to a backend. Owned by the event loop that sent it. */
public final class BackendCall {
    private static final int MAX_FIELDS = 100;
    private static final int MAX_INTERIM_ANSWERS = 10;

    /** A few times as long as a packet takes there and back. */
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private final HttpClientRequest request;
    private final Line line;
    private final LongSupplier reads;
    private final long readsBefore;
    private Future<Void> written = Future.failedFuture("not sent");
    private int interimAnswers;

    /** A backend answers with more than anybody reads. */
    private static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super("headers: more (expected: at most " + MAX_FIELDS + ")", null, false, false);
        }
    }

    /** What the request goes by. */
    enum Line {
        /** A connection that was made for it. */
        FRESH,
        /** One that was kept from a request before, and that the backend may be about to close. */
        KEPT
    }

    BackendCall(HttpClientRequest request, Line line) {
        this.request = request;
        this.line = line;
        HttpConnection connection = request.connection();
        reads = () -> Connections.reads(connection);
        readsBefore = reads.getAsLong();
    }

    /** Tells the backend which trace it works for, by the headers of W3C Trace Context. */
    public void traced(String parent, String state) {
        request.putHeader("traceparent", parent);
        if (!state.isEmpty()) {
            request.putHeader("tracestate", state);
        }
    }

    /** Sends the body; the future is the head of the answer, whose body follows. It fails where that head is too large. */
    public Future<HttpClientResponse> send(Buffer body) {
        request.continueHandler(_ -> interim());
        request.earlyHintsHandler(_ -> interim());
        Future<HttpClientResponse> head = request.response().compose(this::bounded);
        written = request.end(body);
        return head;
    }

    private Future<HttpClientResponse> bounded(HttpClientResponse head) {
        // Whoever reads the body is told himself; whose body nobody reads, that is no news.
        head.exceptionHandler(_ -> {});
        if (fields(head) <= MAX_FIELDS) {
            return Future.succeededFuture(head);
        }
        cancel();
        return Future.failedFuture(new TooMuch());
    }

    /** Each counts that came, also where names are the same. */
    private static int fields(HttpClientResponse head) {
        int fields = 0;
        for (Iterator<?> each = head.headers().iterator(); each.hasNext(); each.next()) {
            fields++;
        }
        return fields;
    }

    /** An interim answer says nothing to Atlas, and a backend that sends them without end says nothing else. */
    private void interim() {
        interimAnswers++;
        if (interimAnswers > MAX_INTERIM_ANSWERS) {
            cancel();
        }
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
     * Whether it is as good as known that the backend has not begun with a request whose connection is gone, so long after
     * it was sent: not all of it was sent; or it went by a kept connection, which the backend closed without a word as
     * soon as something came. That is how a request meets the close of an idle connection (RFC 9112, section 9.3.1).
     */
    public boolean surelyUnserved(Duration since) {
        boolean metTheClose = line == Line.KEPT && reads.getAsLong() == readsBefore && since.compareTo(AT_ONCE) < 0;
        return !sentWhole() || metTheClose;
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

    /** Closes the connection at the end of an answer, where it serves nobody else yet: nobody knows what else is on it. */
    public void closeConnection() {
        Connections.closeIdle(request.connection());
    }
}
