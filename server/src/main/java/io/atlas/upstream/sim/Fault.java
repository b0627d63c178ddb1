package io.atlas.upstream.sim;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An answer that is an error, in OpenAI's envelope.
 *
 * @param param the field of the request that is wrong, where there is one
 */
record Fault(
        int status, String type, String code, String message, Optional<String> param, OptionalInt retryAfterSeconds)
        implements Body.Parsed, Author.Plan {
    static final Fault FAILED = of(500, "server_error", "simulated_error", "The simulated server failed.");
    static final Fault THROTTLED = of(429, "requests", "rate_limit_exceeded", "The simulated server is throttling.")
            .retryAfter(1);
    static final Fault BUSY = of(503, "server_error", "overloaded", "All slots are taken and the queue is full.")
            .retryAfter(1);
    static final Fault TOO_LARGE = of(413, "invalid_request_error", "body_too_large", "The body is too large.");
    static final Fault NO_ROUTE = of(404, "invalid_request_error", "unknown_url", "There is nothing at this address.");
    static final Fault NO_METHOD =
            of(405, "invalid_request_error", "method_not_allowed", "This address takes another method.");

    private static Fault of(int status, String type, String code, String message) {
        return new Fault(status, type, code, message, Optional.empty(), OptionalInt.empty());
    }

    /** A 400 that names the field at fault. */
    static Fault invalid(String param, String message) {
        return new Fault(
                400, "invalid_request_error", "invalid_value", message, Optional.of(param), OptionalInt.empty());
    }

    /** A 400 for a body that is not JSON. */
    static Fault malformed(String message) {
        return of(400, "invalid_request_error", "invalid_json", message);
    }

    /** A 500 for a mistake of the server itself. */
    static Fault defect(Throwable cause) {
        return of(500, "server_error", "internal_error", cause.toString());
    }

    private Fault retryAfter(int seconds) {
        return new Fault(status, type, code, message, param, OptionalInt.of(seconds));
    }

    /** Ends the response with this error. */
    void send(HttpServerResponse response) {
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        retryAfterSeconds.ifPresent(seconds -> response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(seconds)));
        response.end(json());
    }

    private String json() {
        var body = Json.object();
        var error = body.putObject("error").put("message", message).put("type", type);
        param.ifPresentOrElse(name -> error.put("param", name), () -> error.putNull("param"));
        error.put("code", code);
        return Json.text(body);
    }
}
