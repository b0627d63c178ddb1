package io.atlas.upstream;

import io.atlas.model.Backend;
import io.atlas.upstream.BackendCall.Line;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The way to one backend from one event loop: a pool of kept connections. Nothing of the caller's request goes along but
 * the body that was checked; the framing and every header are Atlas's own.
 */
public final class BackendClient {
    private static final int CONNECT_MILLIS = 2_000;
    /** Less than the 5 seconds after which uvicorn, below vLLM and SGLang, closes: who closes first meets no request. */
    private static final int KEEP_ALIVE_SECONDS = 4;

    private static final int LONGEST_ANSWER_SECONDS = 660;
    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final String VERSION_PREFIX = "/v1";

    /** Who gives a call up before it is sent knows that; the client would write it to the log as an error. */
    private static final Handler<Throwable> TOLD = _ -> {};

    private final Backend backend;
    private final HttpClient client;
    private final URI url;
    private final MultiMap headers;

    /** The connections that have carried a request before. */
    private final Set<HttpConnection> used = Collections.newSetFromMap(new WeakHashMap<>());

    /** One for each route; asked with, and never changed. */
    private final Map<String, RequestOptions> targets = new ConcurrentHashMap<>();

    /** A client for that backend which stands at that address. */
    public BackendClient(Vertx vertx, Backend backend, URI url) {
        this.backend = backend;
        boolean tls = isTls(url);
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setDecompressionSupported(false)
                .setSsl(tls)
                .setVerifyHost(tls);
        this.client = vertx.httpClientBuilder()
                .with(options)
                .with(pool(backend))
                .withConnectHandler(BackendClient::opened)
                .build();
        this.url = url;
        this.headers = headers(backend);
    }

    /** What it leads to. */
    public Backend backend() {
        return backend;
    }

    /** Takes a connection for a JSON body of that length; fails where the backend cannot be reached. Nothing is sent yet. */
    public Future<BackendCall> connect(String path, int bodyBytes, String requestId) {
        return client.request(targets.computeIfAbsent(path, this::target)).map(request -> {
            request.exceptionHandler(TOLD);
            request.headers().addAll(headers);
            request.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bodyBytes));
            request.putHeader("x-request-id", requestId);
            return new BackendCall(request, used.add(request.connection()) ? Line.FRESH : Line.KEPT);
        });
    }

    /** What the backend answers to a question by GET, but for the body: its status; fails where it does not answer in time. */
    Future<Integer> look(String path, Duration patience) {
        RequestOptions options = new RequestOptions(target(path)).setMethod(HttpMethod.GET);
        return client.request(options).compose(request -> {
            request.headers().addAll(headers).remove(HttpHeaders.CONTENT_TYPE);
            return request.send()
                    .compose(BackendClient::status)
                    .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(_ -> request.reset());
        });
    }

    private static Future<Integer> status(HttpClientResponse response) {
        response.handler(_ -> {});
        return response.end().map(response.statusCode());
    }

    /** Takes no more requests, and closes when the last of those on their way has ended. */
    Future<Void> shutdown() {
        return client.shutdown(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    /** Closes the pool. */
    public Future<Void> close() {
        return client.close();
    }

    /**
     * The gate before the backend is what bounds the requests at once. A place at the gate is free a moment before the
     * connection of the last request is, so the pool has room for both.
     */
    private static PoolOptions pool(Backend backend) {
        return new PoolOptions().setHttp1MaxSize(2 * backend.concurrency()).setMaxWaitQueueSize(backend.concurrency());
    }

    private static void opened(HttpConnection connection) {
        Connections.boundReads(connection);
        Connections.countReads(connection);
    }

    private static MultiMap headers(Backend backend) {
        MultiMap headers = HttpHeaders.headers()
                .set(HttpHeaders.CONTENT_TYPE, "application/json")
                .set(HttpHeaders.ACCEPT_ENCODING, "identity")
                .set(HttpHeaders.USER_AGENT, "atlas");
        backend.apiKey().ifPresent(key -> headers.set(HttpHeaders.AUTHORIZATION, "Bearer " + key.reveal()));
        return headers;
    }

    private RequestOptions target(String path) {
        boolean tls = isTls(url);
        int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(url.getHost())
                .setPort(port)
                .setSsl(tls)
                .setURI(prefix(url) + path);
    }

    private static boolean isTls(URI url) {
        return "https".equals(url.getScheme());
    }

    /** The path that requests are sent below. Many write the address with its version; the routes bring it themselves. */
    private static String prefix(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return bare.endsWith(VERSION_PREFIX) ? bare.substring(0, bare.length() - VERSION_PREFIX.length()) : bare;
    }
}
