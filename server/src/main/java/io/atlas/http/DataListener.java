package io.atlas.http;

import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Route;
import io.atlas.gateway.Gateway;
import io.atlas.kernel.reason.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The routes of callers. What is not in this table does not exist: a backend has many more paths than those whose use is
 * metered.
 */
public final class DataListener implements Routes {
    private static final String MODELS = "/v1/models/";
    private static final String DECISIONS = "/v1/decisions/";

    /** Longer than any answer may take. */
    private static final int LAST_ANSWER_MINUTES = 60;

    private final Gateway gateway;
    private final BooleanSupplier ready;
    private final Supplier<String> detail;

    /**
     * The routes of that gateway.
     *
     * @param detail what is told beside whether it is ready: nothing, or lines
     */
    public DataListener(Gateway gateway, BooleanSupplier ready, Supplier<String> detail) {
        this.detail = detail;
        this.gateway = gateway;
        this.ready = ready;
    }

    @Override
    public void refuse(HttpServerRequest request, Fault fault) {
        gateway.identify(request);
        Gateway.fault(request, fault);
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!ready.getAsBoolean()) {
            lastOfItsConnection(request);
        }
        String path = request.path() == null ? "" : request.path();
        Optional<Route> route = Route.at(path);
        if (route.isPresent()) {
            only(HttpMethod.POST, request, () -> gateway.serve(route.get(), request));
            return;
        }
        gateway.identify(request);
        switch (path) {
            case "/v1/models" -> only(HttpMethod.GET, request, () -> gateway.models(request));
            case "/v1/quota" -> only(HttpMethod.GET, request, () -> gateway.quota(request));
            case "/v1/quota/check" -> only(HttpMethod.POST, request, () -> gateway.check(request));
            case "/livez" -> only(HttpMethod.GET, request, () -> health(request, true, ""));
            case "/readyz" -> only(HttpMethod.GET, request, () -> health(request, ready.getAsBoolean(), detail.get()));
            default -> handleNamed(request);
        }
    }

    /** Whoever asks while this gateway stops is served, and told to send the next request elsewhere. */
    private static void lastOfItsConnection(HttpServerRequest request) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        request.connection().shutdown(LAST_ANSWER_MINUTES, TimeUnit.MINUTES);
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

    private void only(HttpMethod method, HttpServerRequest request, Runnable route) {
        if (request.method().equals(method)) {
            route.run();
            return;
        }
        gateway.identify(request);
        request.response().putHeader(HttpHeaders.ALLOW, method.name());
        Gateway.fault(request, Fault.of(Reason.METHOD_NOT_ALLOWED, "This path is for " + method.name() + "."));
    }

    private static void health(HttpServerRequest request, boolean well, String detail) {
        request.response()
                .setStatusCode(well ? 200 : 503)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(Buffer.buffer((well ? "ok\n" : "not ready\n") + detail));
    }
}
