package io.atlas.delivery;

import io.atlas.exchange.StreamHead;
import io.atlas.exchange.Trail;
import io.atlas.upstream.BackendCall;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * The caller's side of a stream: collects what one turn of the event loop delivers, and holds the backend back while the
 * caller does not read. The unread is counted here in bytes; a response says that it is full by the number of its writes,
 * however large they are. A caller who does not read at all costs what may be unread, and what one read of the backend's
 * connection delivers beyond it.
 */
final class CallerStream {
    private static final int MAX_UNREAD_BYTES = 16 << 10;

    private final Context context;
    private final HttpServerResponse response;
    private final BackendCall source;
    private Buffer collected = Buffer.buffer();
    private final Trail trail;
    private boolean flushing;
    private int unreadBytes;
    private boolean full;
    private boolean slow;
    private boolean over;

    CallerStream(Context context, Trail trail, BackendCall source) {
        this.context = context;
        this.trail = trail;
        this.response = trail.request().response();
        this.source = source;
    }

    /** Writes at the end of this turn, or at once where much has come together. */
    void write(Buffer event) {
        collected.appendBuffer(event);
        trail.recording().ifPresent(recording -> recording.write(event));
        if (collected.length() >= MAX_UNREAD_BYTES) {
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

    /** Whether the caller was ever slower than the backend. */
    boolean slow() {
        return slow;
    }

    /** Nothing more comes from the backend that would have to be held back. */
    void over() {
        over = true;
        if (full) {
            full = false;
            source.readOn();
        }
    }

    private void flush() {
        flushing = false;
        if (collected.length() == 0 || response.closed() || response.ended()) {
            return;
        }
        Buffer out = collected;
        collected = Buffer.buffer();
        StreamHead.set(response);
        int bytes = out.length(); // And not the buffer: the socket has a copy of its own, and would keep both.
        unreadBytes += bytes;
        response.write(out).onComplete(_ -> taken(bytes));
        if (unreadBytes > MAX_UNREAD_BYTES && !full && !over) {
            full = true;
            slow = true;
            source.holdBack();
        }
    }

    private void taken(int bytes) {
        unreadBytes -= bytes;
        if (full && unreadBytes <= MAX_UNREAD_BYTES / 2) {
            full = false;
            source.readOn();
        }
    }
}
