package io.atlas.exchange;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** The head of a streamed answer. */
public final class StreamHead {
    private StreamHead() {}

    /** Sets it, unless it is written already. */
    public static void set(HttpServerResponse response) {
        if (!response.headWritten()) {
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("x-accel-buffering", "no");
        }
    }
}
