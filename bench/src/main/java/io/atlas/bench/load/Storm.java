package io.atlas.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Client libraries gone wrong: each asks one and the same again at once, and for ever, and only counts its tries. */
public final class Storm implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong tries = new AtomicLong();
    private final Target target;

    private Storm(Target target) {
        this.target = target;
    }

    /** So many of them, each with a question of its own. */
    public static Storm begin(Target target, int clients) {
        Storm storm = new Storm(target);
        IntStream.range(0, clients).forEach(client -> {
            Future<?> _ = storm.threads.submit(() -> storm.rage(client));
        });
        return storm;
    }

    /** How often they have asked. */
    public long tries() {
        return tries.get();
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
