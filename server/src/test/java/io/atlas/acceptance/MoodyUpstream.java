package io.atlas.acceptance;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A model server that answers every request in the mood that it is in, and counts them. */
final class MoodyUpstream implements AutoCloseable {
    private static final String ANSWER = """
            {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"well"},\
            "finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}""";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile int status = 200;
    private volatile Map<String, String> headers = Map.of();
    private volatile Headers asked = new Headers();

    private MoodyUpstream(HttpServer server) {
        this.server = server;
    }

    static MoodyUpstream start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            MoodyUpstream upstream = new MoodyUpstream(server);
            server.setExecutor(upstream.threads);
            server.createContext("/v1/", upstream::answer);
            server.createContext("/health", upstream::look);
            server.start();
            return upstream;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers with that status from now on. */
    void mood(int next) {
        mood(next, Map.of());
    }

    /** Answers with that status and these headers from now on. */
    void mood(int next, Map<String, String> more) {
        headers = more;
        status = next;
    }

    /** How many requests came. */
    int requests() {
        return requests.get();
    }

    /** That header of the last request; empty where it had none. */
    String lastHeader(String name) {
        return asked.getOrDefault(name, List.of("")).getFirst();
    }

    /** How often somebody looked after it. */
    int looks() {
        return looks.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        asked = exchange.getRequestHeaders();
        requests.incrementAndGet();
        headers.forEach(exchange.getResponseHeaders()::set);
        send(exchange, status == 200 ? ANSWER : "{\"error\":{\"message\":\"moody\",\"type\":\"x\",\"code\":\"y\"}}");
    }

    private void look(HttpExchange exchange) throws IOException {
        looks.incrementAndGet();
        send(exchange, "{}");
    }

    private void send(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
