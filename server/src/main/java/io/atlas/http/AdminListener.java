package io.atlas.http;

import io.atlas.admin.Answer;
import io.atlas.admin.Desk;
import io.atlas.dialect.neutral.Fault;
import io.atlas.http.AdminRoutes.Asked;
import io.atlas.http.AdminRoutes.Match;
import io.atlas.secret.Digest;
import io.atlas.secret.Secret;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
    private static final int MAX_BODY_BYTES = 64 << 10;
    private static final Answer TOO_LONG =
            Answer.error(413, "body_too_large", "a body longer than " + MAX_BODY_BYTES + " bytes");

    private final Context context;
    private final AdminRoutes routes;
    private final MetricsRoute metrics;
    private final CheckRoute check;
    private final Optional<Digest> token;

    /** The routes, open to whoever sends the token; to everyone where there is none. */
    public AdminListener(Context context, Desk desk, MetricsRoute metrics, CheckRoute check, Optional<Secret> token) {
        this.context = context;
        this.routes = new AdminRoutes(desk);
        this.metrics = metrics;
        this.check = check;
        this.token = token.map(secret -> Digest.of(secret.reveal()));
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!admitted(request)) {
            send(request, Answer.error(401, "unauthorized", "send the admin token as 'Authorization: Bearer TOKEN'"));
        } else if (MetricsRoute.PATH.equals(request.path()) && request.method().equals(HttpMethod.GET)) {
            metrics.handle(request);
        } else if (CheckRoute.PATH.equals(request.path()) && request.method().equals(HttpMethod.POST)) {
            check(request);
        } else {
            switch (routes.match(request.method(), request.path() == null ? "" : request.path())) {
                case Match.Found found -> serve(request, found);
                case Match.OtherMethods others -> refuseMethod(request, String.join(", ", others.methods()));
                case Match.Nowhere _ when CheckRoute.PATH.equals(request.path()) -> refuseMethod(request, "POST");
                case Match.Nowhere _ when MetricsRoute.PATH.equals(request.path()) -> refuseMethod(request, "GET");
                case Match.Nowhere _ -> send(request, Answer.error(404, "not_found", "this path does not exist here"));
            }
        }
    }

    private void check(HttpServerRequest request) {
        if (!fromPage(request)) {
            check.handle(request).ifPresent(answer -> send(request, answer));
        }
    }

    /**
     * Whether it comes from a page in a browser, which is refused: one of another site, open in the operator's browser,
     * reaches a listener on loopback as easily as he does.
     */
    private static boolean fromPage(HttpServerRequest request) {
        boolean page = request.headers().contains(HttpHeaders.ORIGIN);
        if (page) {
            send(request, Answer.error(403, "cross_origin", "changes are not for pages in browsers"));
        }
        return page;
    }

    private void serve(HttpServerRequest request, Match.Found found) {
        if (!request.method().equals(HttpMethod.GET) && fromPage(request)) {
            return;
        }
        Map<String, String> query = new TreeMap<>();
        request.params().forEach(entry -> query.put(entry.getKey(), entry.getValue()));
        body(request)
                .compose(body -> body.isEmpty()
                        ? Future.succeededFuture(TOO_LONG)
                        : context.executeBlocking(
                                () -> found.route().answer().apply(new Asked(found.parts(), query, body.get())), false))
                .onComplete(answer -> send(request, answer), defect -> {
                    LOG.atError().setCause(defect).log("an admin question failed");
                    send(request, Answer.error(500, "internal_error", "this gateway failed; its log says why"));
                });
    }

    @Override
    public void refuse(HttpServerRequest request, Fault fault) {
        send(request, Answer.error(fault.status(), fault.code(), fault.message()));
    }

    /** The body; empty where it is too long, or where its sender is gone before its end and nobody hears the answer. */
    private static Future<Optional<byte[]>> body(HttpServerRequest request) {
        Promise<Optional<byte[]>> read = Promise.promise();
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BODY_BYTES) {
                read.tryComplete(Optional.empty());
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(_ -> read.tryComplete(Optional.of(body.getBytes())));
        request.exceptionHandler(_ -> read.tryComplete(Optional.empty()));
        return read.future();
    }

    private static void refuseMethod(HttpServerRequest request, String allowed) {
        request.response().putHeader(HttpHeaders.ALLOW, allowed);
        send(request, Answer.error(405, "method_not_allowed", "this path is for " + allowed));
    }

    private boolean admitted(HttpServerRequest request) {
        if (token.isEmpty()) {
            return true;
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        // Digests are compared, so that the time it takes tells nothing of the token.
        return header != null
                && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
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
