package io.atlas.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An admin listener that gives the answers it was told, and remembers what it was asked. */
final class AdminStub implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private record Reply(int status, String body) {}

    AdminStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    /** From now on the path is answered so. */
    AdminStub on(String path, int status, String body) {
        replies.put(path, new Reply(status, body));
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Path and query of every request, in order. */
    List<String> asked() {
        return asked;
    }

    /** Method, path and body of every request that was no GET, in order. */
    List<String> changes() {
        return changes;
    }

    /** The Authorization header of every request that had one. */
    List<String> authorizations() {
        return authorizations;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().toString());
        authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
        if (!exchange.getRequestMethod().equals("GET")) {
            String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            changes.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + sent).strip());
        }
        Reply reply = replies.getOrDefault(
                exchange.getRequestURI().getPath(), new Reply(404, "{\"error\":{\"message\":\"no such thing\"}}"));
        exchange.getResponseHeaders().add("Retry-After", "7");
        byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
