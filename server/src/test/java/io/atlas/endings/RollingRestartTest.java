package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atlas.testing.RealRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two nodes behind HAProxy are restarted one after the other under load, and no caller sees it. By default with fewer
 * requests and streams than {@code -Datlas.rolling.rate=200 -Datlas.rolling.streams=200}.
 */
@Timeout(600)
class RollingRestartTest {
    private static final Logger LOG = LoggerFactory.getLogger(RollingRestartTest.class);
    private static final int RATE = Integer.getInteger("atlas.rolling.rate", 50);
    private static final int STREAMS = Integer.getInteger("atlas.rolling.streams", 50);
    private static final String KEY = "the-secret-key-of-acme";

    /** A stream of it lasts for about six seconds: longer than a node says that it stops. */
    private static final String STREAM = body(true, 120);

    private static final String REQUEST = body(false, 16);

    @TempDir
    private Path folder = Path.of("");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong streamed = new AtomicLong();
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final RealRedis redis = RealRedis.start();

    @BeforeEach
    void needsHaproxy() {
        assumeTrue(Balancer.available(), "HAProxy is not installed; ./test installs it where it may");
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        redis.close();
    }

    @Test
    void noRequestFailsAndNoStreamIsCutWhileBothNodesAreRestarted() throws Exception {
        Node one = new Node("one", Balancer.freePort());
        Node two = new Node("two", Balancer.freePort());
        one.start();
        two.start();
        try (Balancer balancer = Balancer.before(folder, one.port, two.port);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            URI uri = URI.create("http://127.0.0.1:" + balancer.port() + "/v1/chat/completions");
            Await.until(
                    "callers are served",
                    () -> client.send(request(uri, REQUEST), BodyHandlers.ofString())
                                    .statusCode()
                            == 200);
            for (int i = 0; i < STREAMS; i++) {
                callers.execute(() -> stream(uri));
            }
            callers.execute(() -> askSteadily(uri, callers));
            Await.until("both are warm", () -> served.get() > 4L * RATE);
            for (Node node : List.of(one, two)) {
                long before = served.get();
                node.restart();
                Await.until("requests after the restart", () -> served.get() > before + 2L * RATE);
            }
            going.set(false);
        } finally {
            one.close();
            two.close();
        }
        LOG.atInfo()
                .addKeyValue("requests", served.get())
                .addKeyValue("streams", streamed.get())
                .addKeyValue("failures", failures.size())
                .log("rolling restart");
        assertThat(failures).isEmpty();
        assertThat(streamed.get()).isGreaterThan(STREAMS);
    }

    /** A node that keeps its port and its folder. */
    private final class Node implements AutoCloseable {
        private final Path home;
        private final int port;
        private Optional<AtlasProcess> process = Optional.empty();

        Node(String name, int port) throws Exception {
            this.home = Files.createDirectories(folder.resolve(name));
            this.port = port;
        }

        void start() throws Exception {
            process = Optional.of(AtlasProcess.start(home, configuration(home, port)));
        }

        void restart() throws Exception {
            AtlasProcess running = process.orElseThrow();
            running.beginToStop();
            assertThat(running.exitCode()).isZero();
            running.close();
            start();
        }

        @Override
        public void close() {
            process.ifPresent(AtlasProcess::close);
        }
    }

    private String configuration(Path home, int port) {
        return """
                apiVersion: atlas/v1
                server: { listen: "127.0.0.1:%d", data: "%s", admin: { listen: "127.0.0.1:0", token: "%s" } }
                quota: { store: redis, redis: { url: "%s" } }
                backends: { sim: { type: sim, ttft: 50ms, tokensPerSecond: 20, slots: 1000 } }
                models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] } }
                tiers: { all: { models: [ "*" ] } }
                tenants: { acme: { tier: all, limits: [ { tokens: 900M, per: day } ], keys: { app: { secret: %s } } } }
                """.formatted(port, home.resolve("data"), Desk.TOKEN, redis.url(), KEY);
    }

    /** So many requests in a second, however long each takes. */
    private void askSteadily(URI uri, ExecutorService callers) {
        long nextNanos = System.nanoTime();
        while (going.get()) {
            callers.execute(() -> ask(uri, REQUEST, "\"usage\"", served));
            nextNanos += 1_000_000_000L / RATE;
            LockSupport.parkNanos(nextNanos - System.nanoTime());
        }
    }

    /** One stream after the other, as long as the test goes on. */
    private void stream(URI uri) {
        while (going.get()) {
            ask(uri, STREAM, "data: [DONE]", streamed);
        }
    }

    private void ask(URI uri, String body, String end, AtomicLong whole) {
        try {
            HttpResponse<String> answer = client.send(request(uri, body), BodyHandlers.ofString());
            if (answer.statusCode() == 200 && answer.body().contains(end)) {
                whole.incrementAndGet();
            } else {
                failures.add(answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            failures.add(e.toString());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpRequest request(URI uri, String body) {
        return HttpRequest.newBuilder(uri)
                .header("authorization", "Bearer " + KEY)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private static String body(boolean stream, int tokens) {
        return "{\"model\":\"small\",\"stream\":" + stream + ",\"max_tokens\":" + tokens
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    }
}
