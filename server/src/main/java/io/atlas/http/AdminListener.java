package io.atlas.http;

import io.atlas.admin.Answer;
import io.atlas.admin.Resources;
import io.atlas.config.Digest;
import io.atlas.config.Secret;
import io.atlas.dialect.neutral.Fault;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of operators. They may block, so they run on worker threads. */
public final class AdminListener implements Routes {
    private static final Logger LOG = LoggerFactory.getLogger(AdminListener.class);
    private static final String BEARER = "Bearer ";
    private static final String DECISIONS = "/admin/v1/decisions/";

    private final Context context;
    private final Resources resources;
    private final MetricsRoute metrics;
    private final Optional<Digest> token;

    /** The routes, open to whoever sends the token; to everyone where there is none. */
    public AdminListener(Context context, Resources resources, MetricsRoute metrics, Optional<Secret> token) {
        this.context = context;
        this.resources = resources;
        this.metrics = metrics;
        this.token = token.map(secret -> Digest.of(secret.reveal()));
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!admitted(request)) {
            send(request, Answer.error(401, "unauthorized", "send the admin token as 'Authorization: Bearer TOKEN'"));
            return;
        }
        if (!request.method().equals(HttpMethod.GET)) {
            send(request, Answer.error(405, "method_not_allowed", "this path is for GET"));
            return;
        }
        if (MetricsRoute.PATH.equals(request.path())) {
            metrics.handle(request);
            return;
        }
        Map<String, String> query = new TreeMap<>();
        request.params().forEach(entry -> query.put(entry.getKey(), entry.getValue()));
        String path = request.path() == null ? "" : request.path();
        context.executeBlocking(() -> answer(path, query), false)
                .onComplete(answer -> send(request, answer), defect -> {
                    LOG.atError().setCause(defect).log("an admin question failed");
                    send(request, Answer.error(500, "internal_error", "this gateway failed; its log says why"));
                });
    }

    @Override
    public void refuse(HttpServerRequest request, Fault fault) {
        send(request, Answer.error(fault.status(), fault.code(), fault.message()));
    }

    private Answer answer(String path, Map<String, String> query) {
        if (path.startsWith(DECISIONS)) {
            return resources.decision(path.substring(DECISIONS.length()));
        }
        return switch (path) {
            case "/admin/v1/usage" -> resources.usage(query);
            case "/admin/v1/configuration" -> resources.configuration();
            case "/admin/v1/quota" -> resources.quota(query);
            default -> Answer.error(404, "not_found", "this path does not exist here");
        };
    }

    private boolean admitted(HttpServerRequest request) {
        if (token.isEmpty()) {
            return true;
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        // Digests are compared, so that the time it takes tells nothing of the token.
        return header != null
                && header.startsWith(BEARER)
                && Digest.of(header.substring(BEARER.length())).equals(token.get());
    }

    private static void send(HttpServerRequest request, Answer answer) {
        request.response()
                .setStatusCode(answer.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(Buffer.buffer(answer.body()));
    }
}
