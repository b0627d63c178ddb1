package io.atlas.http;

import io.atlas.dialect.neutral.Fault;
import io.atlas.telemetry.Prometheus;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /metrics}, on the admin listener and on one of its own. */
public final class MetricsRoute {
    /** The path. */
    public static final String PATH = "/metrics";

    private static final Logger LOG = LoggerFactory.getLogger(MetricsRoute.class);

    private final Context context;
    private final Prometheus metrics;

    /** Shows these metrics. */
    public MetricsRoute(Context context, Prometheus metrics) {
        this.context = context;
        this.metrics = metrics;
    }

    /** The routes of a listener that has no other. */
    public Routes alone() {
        return new Routes() {
            @Override
            public void handle(HttpServerRequest request) {
                if (PATH.equals(request.path())) {
                    MetricsRoute.this.handle(request);
                } else {
                    request.response().setStatusCode(404).end();
                }
            }

            @Override
            public void refuse(HttpServerRequest request, Fault fault) {
                request.response().setStatusCode(fault.status()).end();
            }
        };
    }

    /** Answers with all metrics. */
    public void handle(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        context.executeBlocking(() -> metrics.exposition(accept == null ? "" : accept), false)
                .onComplete(
                        shown -> request.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, shown.contentType())
                                .end(shown.body()),
                        defect -> {
                            LOG.atError().setCause(defect).log("metrics could not be shown");
                            request.response().setStatusCode(500).end();
                        });
    }
}
