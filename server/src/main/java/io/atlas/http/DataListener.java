package io.atlas.http;

import io.atlas.config.ServerSettings.WireLimits;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Route;
import io.atlas.gateway.Gateway;
import io.atlas.kernel.reason.Reason;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The routes of callers. What is not in this table does not exist: a backend has many more paths than those whose use is
 * metered.
 */
public final class DataListener {
    private static final int MAX_LINE_BYTES = 8 << 10;
    /** Longer than the longest answer may take, which has timers of its own; for connections that nobody uses. */
    private static final int IDLE_SECONDS = 660;

    private static final String MODELS = "/v1/models/";
    private static final String DECISIONS = "/v1/decisions/";

    private final Gateway gateway;
    private final BooleanSupplier ready;

    /** The routes of that gateway. */
    public DataListener(Gateway gateway, BooleanSupplier ready) {
        this.gateway = gateway;
        this.ready = ready;
    }

    /** How the listener reads the wire. */
    public static HttpServerOptions options(WireLimits limits) {
        return new HttpServerOptions()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(limits.headBytes())
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
    }

    /** Answers what cannot be read as a request, and ends its connection: nobody knows where the next one begins. */
    public static void refuse(HttpServerRequest request) {
        Fault fault = switch (request.decoderResult().cause()) {
            case TooLongHttpLineException _ ->
                Fault.of(Reason.URI_TOO_LONG, "the request line is longer than this gateway reads");
            case TooLongHttpHeaderException _ ->
                Fault.of(Reason.HEAD_TOO_LARGE, "the headers are larger than this gateway reads");
            case null, default ->
                Fault.of(Reason.INVALID_REQUEST, "this is no HTTP request that can be read in one way");
        };
        Gateway.fault(request, fault);
        request.connection().close();
    }

    /** Serves a request. */
    public void handle(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        Optional<Route> route = Route.at(path);
        if (route.isPresent()) {
            only(HttpMethod.POST, request, () -> gateway.serve(route.get(), request));
            return;
        }
        switch (path) {
            case "/v1/models" -> only(HttpMethod.GET, request, () -> gateway.models(request));
            case "/v1/quota" -> only(HttpMethod.GET, request, () -> gateway.quota(request));
            case "/livez" -> only(HttpMethod.GET, request, () -> health(request, true));
            case "/readyz" -> only(HttpMethod.GET, request, () -> health(request, ready.getAsBoolean()));
            default -> handleNamed(request);
        }
    }

    private void handleNamed(HttpServerRequest request) {
        String path = request.path();
        if (path != null && path.startsWith(MODELS) && path.length() > MODELS.length()) {
            only(HttpMethod.GET, request, () -> gateway.model(request, decoded(path.substring(MODELS.length()))));
        } else if (path != null && path.startsWith(DECISIONS) && path.length() > DECISIONS.length()) {
            only(HttpMethod.GET, request, () -> gateway.decision(request, path.substring(DECISIONS.length())));
        } else {
            Gateway.fault(request, Fault.of(Reason.NOT_FOUND, "This path does not exist here."));
        }
    }

    /** Client libraries escape the slash in the name of a model. What is no escape stands for itself. */
    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return name;
        }
    }

    private static void only(HttpMethod method, HttpServerRequest request, Runnable route) {
        if (request.method().equals(method)) {
            route.run();
            return;
        }
        request.response().putHeader(HttpHeaders.ALLOW, method.name());
        Gateway.fault(request, Fault.of(Reason.METHOD_NOT_ALLOWED, "This path is for " + method.name() + "."));
    }

    private static void health(HttpServerRequest request, boolean well) {
        request.response()
                .setStatusCode(well ? 200 : 503)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(Buffer.buffer(well ? "ok\n" : "not ready\n"));
    }
}
