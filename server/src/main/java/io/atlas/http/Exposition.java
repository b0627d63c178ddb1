package io.atlas.http;

import io.vertx.core.http.HttpServerRequest;

/** Serves the metrics. */
@FunctionalInterface
public interface Exposition {
    /** Answers {@code GET /metrics}. */
    void handle(HttpServerRequest request);
}
