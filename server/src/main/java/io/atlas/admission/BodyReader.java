package io.atlas.admission;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/** Reads the body of a request, as far as it may be large and slow. */
final class BodyReader {
    private static final long LOOK_MILLIS = 1_000;
    /** What is made room for before it has come: who announces much may never send it. */
    private static final int MAX_ROOM_BYTES = 64 << 10;

    private static final int SOME_ROOM_BYTES = 1 << 10;

    private final Vertx vertx;
    private final int maxBytes;
    private final Promise<Body> promise = Promise.promise();
    private byte[] bytes;
    private int length;
    private int lookedTimes;

    private BodyReader(Vertx vertx, int maxBytes, long announcedBytes) {
        this.vertx = vertx;
        this.maxBytes = maxBytes;
        this.bytes = new byte[(int) Math.min(announcedBytes, MAX_ROOM_BYTES)];
    }

    /** What was read. */
    sealed interface Body {
        /** All of it. */
        record Bytes(byte[] bytes) implements Body {}

        /** More than is read. */
        record TooLarge() implements Body {}

        /** Not all of it in time. */
        record TooSlow() implements Body {}

        /** Something that is no body. */
        record Malformed(String problem) implements Body {}

        /** The caller left before its end. */
        record Broken() implements Body {}
    }

    /** Reads at most that many bytes. A body whose announced length is larger is not read at all. */
    static Future<Body> read(Vertx vertx, HttpServerRequest request, int maxBytes) {
        // The wire has let pass only what is a number of at most 18 digits.
        String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        long announcedBytes = announced == null ? SOME_ROOM_BYTES : Long.parseLong(announced);
        return announcedBytes > maxBytes
                ? Future.succeededFuture(new Body.TooLarge())
                : new BodyReader(vertx, maxBytes, announcedBytes).read(request);
    }

    private Future<Body> read(HttpServerRequest request) {
        request.exceptionHandler(failure -> promise.tryComplete(
                failure instanceof MalformedBody malformed
                        ? new Body.Malformed(malformed.problem())
                        : new Body.Broken()));
        request.handler(this::take);
        request.endHandler(_ -> promise.tryComplete(new Body.Bytes(body())));
        if (request.getHeader(HttpHeaders.EXPECT) != null) {
            request.response().writeContinue();
        }
        vertx.runOnContext(_ -> watch());
        return promise.future();
    }

    private void take(Buffer chunk) {
        if (promise.future().isComplete()) {
            return;
        }
        int after = length + chunk.length();
        if (after > maxBytes) {
            promise.tryComplete(new Body.TooLarge());
            return;
        }
        if (after > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(after, 2 * bytes.length));
        }
        chunk.getBytes(bytes, length);
        length = after;
    }

    /** Without a copy where as much came as was announced. */
    private byte[] body() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Most bodies come with their head, in one read, and need no timer. */
    private void watch() {
        if (promise.future().isComplete()) {
            return;
        }
        long timer = vertx.setPeriodic(LOOK_MILLIS, _ -> {
            lookedTimes++;
            if (Pace.tooSlow(lookedTimes * LOOK_MILLIS, length)) {
                promise.tryComplete(new Body.TooSlow());
            }
        });
        promise.future().onComplete(_ -> vertx.cancelTimer(timer));
    }
}
