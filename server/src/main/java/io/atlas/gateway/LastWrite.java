package io.atlas.gateway;

import io.atlas.upstream.Connections;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * The last bytes of an answer, piece by piece as the caller takes them. One who does not take a piece in time loses the
 * connection, so that nobody can have the memory of a whole answer kept for as long as a connection may live. By then the
 * request is charged and in the ledger, so that nothing is left to be mended.
 */
final class LastWrite {
    private static final int PIECE_BYTES = 64 << 10;

    private final Context context;
    private final Duration patience;
    private final HttpServerRequest request;

    LastWrite(Context context, Duration patience, HttpServerRequest request) {
        this.context = context;
        this.patience = patience;
        this.request = request;
    }

    /** Writes all of it and ends the response; completes when it is taken, or the caller is given up. */
    Future<Void> end(Buffer bytes) {
        HttpServerResponse response = request.response();
        if (bytes.length() > PIECE_BYTES && !response.headWritten()) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length()));
        }
        return from(bytes, 0).otherwiseEmpty();
    }

    private Future<Void> from(Buffer bytes, int start) {
        int end = start + PIECE_BYTES;
        if (end >= bytes.length()) {
            return inTime(request.response().end(bytes.slice(start, bytes.length())));
        }
        return inTime(request.response().write(bytes.slice(start, end))).compose(_ -> from(bytes, end));
    }

    /** What the socket takes at once needs no timer. */
    private Future<Void> inTime(Future<Void> written) {
        if (written.isComplete()) {
            return written;
        }
        Promise<Void> taken = Promise.promise();
        long timer = context.owner().setTimer(patience.toMillis(), _ -> {
            taken.tryFail("not read in time");
            Connections.cutOff(request.connection());
        });
        written.onComplete(taken::tryComplete, taken::tryFail);
        return taken.future().onComplete(_ -> context.owner().cancelTimer(timer));
    }
}
