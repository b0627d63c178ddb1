package io.atlas.bench.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Client libraries gone wrong: each asks one and the same again at once, and for ever, and only counts its tries. They run
 * in a process of their own, which begins to rage and stops when it is asked to.
 */
public final class Storm implements AutoCloseable {
    /** Where the process is asked to rage. */
    public static final String RAGE = "/rage";

    /** Where it is asked to stop; the answer is how often it has tried since it began. */
    public static final String CALM = "/calm";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong tries = new AtomicLong();
    private final Target target;

    private Storm(Target target) {
        this.target = target;
    }

    /** Arguments: the port to be asked at, then the port, the key and the number of the clients. */
    public static void main(String[] arguments) throws IOException {
        Target target = new Target(Integer.parseInt(arguments[1]), arguments[2]);
        int clients = Integer.parseInt(arguments[3]);
        AtomicReference<Optional<Storm>> raging = new AtomicReference<>(Optional.empty());
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        server.createContext(RAGE, exchange -> {
            raging.set(Optional.of(begin(target, clients)));
            answer(exchange, 0);
        });
        server.createContext(CALM, exchange -> {
            Optional<Storm> storm = raging.getAndSet(Optional.empty());
            storm.ifPresent(Storm::close);
            answer(exchange, storm.map(one -> one.tries.get()).orElse(0L));
        });
        server.start();
    }

    private static void answer(HttpExchange exchange, long tries) throws IOException {
        byte[] text = Long.toString(tries).getBytes(StandardCharsets.US_ASCII);
        try (exchange) {
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    /** So many of them, each with a question of its own. */
    private static Storm begin(Target target, int clients) {
        Storm storm = new Storm(target);
        IntStream.range(0, clients).forEach(client -> {
            Future<?> _ = storm.threads.submit(() -> storm.rage(client));
        });
        return storm;
    }

    private void rage(int client) {
        String body = "{\"model\":\"" + Asking.BROKEN + "\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"question " + client + "\"}]}";
        for (int count = 0; !over.get(); count++) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + target.port() + "/v1/chat/completions"))
                    .header("content-type", "application/json")
                    .header("authorization", "Bearer " + target.key())
                    .header("x-stainless-retry-count", Integer.toString(count))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            try {
                tries.incrementAndGet();
                http.send(request, HttpResponse.BodyHandlers.discarding());
            } catch (IOException _) {
                // Which is no reason for it not to try again.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        over.set(true);
        threads.shutdownNow();
        http.shutdownNow();
    }
}
