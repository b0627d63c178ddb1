package io.atlas.delivery;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** The body of a backend's answer, read whole and within bounds. */
final class LimitedBody {
    private LimitedBody() {}

    /** The answer is longer than is read. */
    static final class TooLong extends Exception {
        TooLong(int maxBytes) {
            super("body: longer (expected: at most " + maxBytes + " bytes)", null, false, false);
        }
    }

    /** Not all of the answer came in time. */
    static final class TooSlow extends Exception {
        TooSlow() {
            super("body: not at its end (expected: within the deadline)", null, false, false);
        }
    }

    /** Reads a paused answer; the future fails where it breaks off, is too long or too slow. */
    static Future<Buffer> read(Context context, HttpClientResponse head, int maxBytes) {
        Promise<Buffer> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        head.exceptionHandler(promise::tryFail);
        head.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
                promise.tryFail(new TooLong(maxBytes));
            } else {
                body.appendBuffer(chunk);
            }
        });
        head.endHandler(_ -> promise.tryComplete(body));
        head.resume();
        context.runOnContext(_ -> limitTime(context, promise));
        return promise.future();
    }

    /** Most bodies come with their head, in one read, and need no timer. */
    private static void limitTime(Context context, Promise<Buffer> promise) {
        if (!promise.future().isComplete()) {
            long timer = context.owner().setTimer(Deadlines.WHOLE.toMillis(), _ -> promise.tryFail(new TooSlow()));
            promise.future().onComplete(_ -> context.owner().cancelTimer(timer));
        }
    }
}
