package io.atlas.delivery;

import io.atlas.exchange.StreamHead;
import io.atlas.exchange.Trail;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;

/**
 * The caller's side of a stream: collects what one turn of the event loop delivers, and holds the backend back while the
 * caller does not read. The unread is counted here in bytes; a response says that it is full by the number of its writes,
 * however large they are.
 */
final class CallerStream {
    private static final int WRITE_BYTES = 64 << 10;
    private static final int MAX_UNREAD_BYTES = 256 << 10;

    private final Context context;
    private final HttpServerResponse response;
    private final HttpClientResponse source;
    private Buffer collected = Buffer.buffer();
    private boolean flushing;
    private int unreadBytes;
    private boolean full;

    CallerStream(Context context, Trail trail, HttpClientResponse source) {
        this.context = context;
        this.response = trail.request().response();
        this.source = source;
    }

    /** Writes at the end of this turn, or at once where much has come together. */
    void write(Buffer event) {
        collected.appendBuffer(event);
        if (collected.length() >= WRITE_BYTES) {
            flush();
        } else if (!flushing) {
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
        if (collected.length() == 0 || response.closed() || response.ended()) {
            return;
        }
        Buffer out = collected;
        collected = Buffer.buffer();
        StreamHead.set(response);
        unreadBytes += out.length();
        response.write(out).onComplete(_ -> taken(out.length()));
        if (unreadBytes > MAX_UNREAD_BYTES && !full) {
            full = true;
            source.pause();
        }
    }

    private void taken(int bytes) {
        unreadBytes -= bytes;
        if (full && unreadBytes <= MAX_UNREAD_BYTES / 2) {
            full = false;
            source.resume();
        }
    }
}
