package io.atlas.testing;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A receiver of webhooks, which asks the library of Standard Webhooks whether what comes is signed with its secret. */
public final class HookReceiver implements AutoCloseable {
    /** Its secret: 32 bytes. */
    public static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    /** The one that it had before, which it may still know: 24 bytes. */
    public static final String PREVIOUS_SECRET = "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk";

    private static final int ENDLESS_PIECES = 1_000_000;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Came> came = new CopyOnWriteArrayList<>();
    private volatile Manner manner = new Manner.Answers(204);

    /** How it answers. */
    public sealed interface Manner {
        /** With that status and no body. */
        record Answers(int status) implements Manner {}

        /** With that status, and when to come again. */
        record Postpones(int status, String retryAfter) implements Manner {}

        /** To go elsewhere. */
        record Redirects(URI to) implements Manner {}

        /** Never. */
        record Hangs() implements Manner {}

        /** With 200 and a body that does not end. */
        record Babbles() implements Manner {}
    }

    /** What came. */
    public record Came(String id, long epochSeconds, String signature, String text, Map<String, List<String>> headers) {
        /** Its body. */
        public JsonNode body() {
            return JsonMapper.shared().readTree(text);
        }

        /** Whether the library signs that text, for this id and time, as this was signed. */
        public boolean isSignatureOf(String other) throws WebhookSigningException, EmptyWebhookSecretException {
            return new Webhook(SECRET).sign(id, epochSeconds, other).equals(signature);
        }

        /** Whether a receiver that knows only this secret takes what came, as the library says. */
        public boolean isTakenBy(String secret) {
            try {
                return List.of(signature.split(" ", -1)).contains(new Webhook(secret).sign(id, epochSeconds, text));
            } catch (WebhookSigningException | EmptyWebhookSecretException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private HookReceiver(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** One that takes everything, on a free port. */
    public static HookReceiver start() {
        return new HookReceiver(0);
    }

    /** One that takes everything, on that port. */
    public static HookReceiver start(int port) {
        return new HookReceiver(port);
    }

    /** From now on it answers like that. */
    public HookReceiver that(Manner next) {
        manner = next;
        return this;
    }

    /** Where it is. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Where it wants to be told. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port() + "/hook?token=t");
    }

    /** All that came, in order. */
    public List<Came> came() {
        return List.copyOf(came);
    }

    /** The marks that it was told of, in order. */
    public List<String> marks() {
        return came.stream()
                .map(one -> one.body().path("data").path("mark").asString())
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Headers headers = exchange.getRequestHeaders();
        came.add(new Came(
                headers.getFirst("webhook-id"),
                Long.parseLong(headers.getFirst("webhook-timestamp")),
                headers.getFirst("webhook-signature"),
                text,
                Map.of(
                        "webhook-id", headers.get("webhook-id"),
                        "webhook-timestamp", headers.get("webhook-timestamp"),
                        "webhook-signature", headers.get("webhook-signature"))));
        switch (manner) {
            case Manner.Answers answers -> exchange.sendResponseHeaders(answers.status, -1);
            case Manner.Postpones postpones -> {
                exchange.getResponseHeaders().add("Retry-After", postpones.retryAfter);
                exchange.sendResponseHeaders(postpones.status, -1);
            }
            case Manner.Redirects redirects -> {
                exchange.getResponseHeaders().add("Location", redirects.to.toString());
                exchange.sendResponseHeaders(302, -1);
            }
            case Manner.Hangs _ -> {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            case Manner.Babbles _ -> babble(exchange);
        }
        exchange.close();
    }

    private static void babble(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] piece = new byte[1 << 14];
        for (int i = 0; i < ENDLESS_PIECES; i++) {
            exchange.getResponseBody().write(piece);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
