package io.atlas.delivery;

import io.atlas.exchange.StreamHead;
import io.atlas.exchange.Trail;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;

/** The caller's side of a stream: collects what one turn of the event loop delivers, and holds the backend back while the caller does not read. */
final class CallerStream {
    private final Context context;
    private final HttpServerResponse response;
    private final HttpClientResponse source;
    private Buffer collected = Buffer.buffer();
    private boolean flushing;
    private boolean full;

    CallerStream(Context context, Trail trail, HttpClientResponse source) {
        this.context = context;
        this.response = trail.request().response();
        this.source = source;
    }

    /** Writes at the end of this turn. */
    void write(Buffer event) {
        collected.appendBuffer(event);
        if (!flushing) {
            flushing = true;
            context.runOnContext(_ -> flush());
        }
    }

    /** Whether the caller has left unread what fits between it and us. */
    boolean full() {
        return full;
    }

    private void flush() {
        flushing = false;
        if (response.closed() || response.ended()) {
            return;
        }
        Buffer out = collected;
        collected = Buffer.buffer();
        StreamHead.set(response);
        response.write(out);
        if (response.writeQueueFull() && !full) {
            full = true;
            source.pause();
            response.drainHandler(_ -> {
                full = false;
                source.resume();
            });
        }
    }
}
