package io.atlas.delivery;

import io.atlas.exchange.Cut;
import io.atlas.exchange.Trail;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;

/** The body of a backend's answer, read whole and within bounds; where it does not come whole, the call is given up. */
final class LimitedBody {
    private final Context context;
    private final Trail trail;
    private final Answering answering;
    private final Promise<Body> read = Promise.promise();

    LimitedBody(Context context, Trail trail, Answering answering) {
        this.context = context;
        this.trail = trail;
        this.answering = answering;
    }

    /** What was read. */
    sealed interface Body {
        /** All of it. */
        record Whole(Buffer bytes) implements Body {}

        /** A part: it broke off, or is longer or slower than is waited for. */
        record Part() implements Body {}

        /** A part, since somebody ended the request. */
        record CutShort(Cut by) implements Body {}
    }

    /** Reads a paused answer. */
    Future<Body> read(int maxBytes, Duration patience) {
        HttpClientResponse head = answering.head();
        Buffer body = Buffer.buffer();
        trail.whenCutShort(by -> giveUp(new Body.CutShort(by)));
        head.exceptionHandler(_ -> giveUp(new Body.Part()));
        head.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
                giveUp(new Body.Part());
            } else {
                body.appendBuffer(chunk);
            }
        });
        head.endHandler(_ -> whole(body));
        head.resume();
        context.runOnContext(_ -> limitTime(patience));
        return read.future();
    }

    /** A backend that answers before it has read the request may never read the rest of it. */
    private void whole(Buffer body) {
        trail.notCutShort();
        if (!answering.call().sentWhole()) {
            answering.call().cancel();
        }
        read.tryComplete(new Body.Whole(body));
    }

    private void giveUp(Body what) {
        trail.notCutShort();
        if (read.tryComplete(what)) {
            answering.call().cancel();
        }
    }

    /** Most bodies come with their head, in one read, and need no timer. */
    private void limitTime(Duration patience) {
        if (!read.future().isComplete()) {
            long timer = context.owner().setTimer(patience.toMillis(), _ -> giveUp(new Body.Part()));
            read.future().onComplete(_ -> context.owner().cancelTimer(timer));
        }
    }
}
