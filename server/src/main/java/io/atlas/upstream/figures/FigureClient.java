package io.atlas.upstream.figures;

import io.atlas.kernel.capacity.Reading;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Asks model servers for their figures: no longer than a moment, no more than a bound, and without a key. */
public final class FigureClient {
    private static final int MAX_BYTES = 4 << 20;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final int OK = 200;
    private static final String VERSION = "/v1";

    private final HttpClient client;

    public FigureClient(Vertx vertx) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout((int) PATIENCE_MILLIS).setDecompressionSupported(false));
    }

    /** What the server at that address says of itself; fails where it says nothing in time. */
    public Future<Reading> ask(URI url) {
        // A client that is closed throws, and in here that is one more failure.
        return Future.succeededFuture(target(url))
                .compose(client::request)
                .compose(FigureClient::answer)
                .map(body -> Figures.of(body.toString(StandardCharsets.UTF_8)));
    }

    /** The answer, in time; what happens to a request afterwards is of no interest. */
    private static Future<Buffer> answer(HttpClientRequest request) {
        request.exceptionHandler(_ -> {});
        return request.send()
                .compose(FigureClient::read)
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .onFailure(_ -> request.reset());
    }

    private static Future<Buffer> read(HttpClientResponse response) {
        if (response.statusCode() != OK) {
            // Its rest is not read, and that the connection is given up for it is no news.
            response.exceptionHandler(_ -> {});
            return Future.failedFuture("status " + response.statusCode());
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.handler(piece -> {
            if (body.length() + piece.length() > MAX_BYTES) {
                whole.tryFail("more than " + MAX_BYTES + " bytes");
            } else {
                body.appendBuffer(piece);
            }
        });
        response.endHandler(_ -> whole.tryComplete(body));
        return whole.future();
    }

    private static RequestOptions target(URI url) {
        boolean tls = "https".equals(url.getScheme());
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String prefix = bare.endsWith(VERSION) ? bare.substring(0, bare.length() - VERSION.length()) : bare;
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(url.getHost())
                .setPort(url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80)
                .setSsl(tls)
                .setTimeout(PATIENCE_MILLIS)
                .setURI(prefix + "/metrics");
    }
}
