package io.atlas.admission;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Reads the body of a request, as far as it may be large and slow. */
final class BodyReader {
    private static final long MAX_MILLIS = 60_000;

    private BodyReader() {}

    /** What was read. */
    sealed interface Body {
        /** All of it. */
        record Bytes(byte[] bytes) implements Body {}

        /** More than is read. */
        record TooLarge() implements Body {}

        /** Not all of it in time. */
        record TooSlow() implements Body {}

        /** The caller left before its end. */
        record Broken() implements Body {}
    }

    /** Reads at most that many bytes. A body whose announced length is larger is not read at all. */
    static Future<Body> read(Vertx vertx, HttpServerRequest request, int maxBytes) {
        String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (announced != null && (announced.length() > 10 || Long.parseLong(announced) > maxBytes)) {
            return Future.succeededFuture(new Body.TooLarge());
        }
        Promise<Body> promise = Promise.promise();
        Buffer body = Buffer.buffer(announced == null ? 1_024 : Integer.parseInt(announced));
        request.exceptionHandler(_ -> promise.tryComplete(new Body.Broken()));
        request.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
                promise.tryComplete(new Body.TooLarge());
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(_ -> promise.tryComplete(new Body.Bytes(body.getBytes())));
        vertx.runOnContext(_ -> limitTime(vertx, promise));
        return promise.future();
    }

    /** Most bodies come with their head, in one read, and need no timer. */
    private static void limitTime(Vertx vertx, Promise<Body> promise) {
        if (!promise.future().isComplete()) {
            long timer = vertx.setTimer(MAX_MILLIS, _ -> promise.tryComplete(new Body.TooSlow()));
            promise.future().onComplete(_ -> vertx.cancelTimer(timer));
        }
    }
}
