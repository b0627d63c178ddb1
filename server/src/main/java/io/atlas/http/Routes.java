package io.atlas.http;

import io.atlas.dialect.neutral.Fault;
import io.vertx.core.http.HttpServerRequest;

/** What a listener does with the requests that its wire lets through, and how it refuses the others. */
public interface Routes {
    /** Serves a request. */
    void handle(HttpServerRequest request);

    /** Answers what is no request. Its connection ends afterwards: nobody knows where the next one would begin. */
    void refuse(HttpServerRequest request, Fault fault);
}
