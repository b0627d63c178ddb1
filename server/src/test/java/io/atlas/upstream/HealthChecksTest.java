package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.atlas.endings.Await;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.model.Backend;
import io.atlas.model.Deployment;
import io.atlas.model.Health;
import io.atlas.model.Health.Attention;
import io.atlas.model.Model;
import io.atlas.telemetry.Telemetry;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real server, by a clock that stands still unless it is moved. */
@Timeout(60)
class HealthChecksTest {
    private static final int MOST_FAILURES = 3;
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final long INTERVAL_MICROS = 5_000_000;

    /** Is asked each time the checks come round, so that what they do not ask can be told from what they have not asked yet. */
    private static final Backend BEAT = backend("beat", Backend.Type.VLLM, Attention.ALWAYS, Duration.ZERO, "/beat");

    private static final int ROUNDS = 4;

    private final AtomicLong nowMicros = new AtomicLong(1_000_000_000);
    private final Map<String, Integer> statuses = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Telemetry.Reach> told = new ConcurrentHashMap<>();
    private final Deployments deployments = new Deployments();
    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            exchange.sendResponseHeaders(statuses.getOrDefault(path, 200), -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        server.stop(0);
    }

    @Test
    void oneThatFailedIsAskedUntilItIsWellAndThenARequestMayTryIt() throws Exception {
        Backend gpu = backend("gpu", Backend.Type.VLLM, Attention.UNHEALTHY, INTERVAL, "/gpu");
        statuses.put("/gpu", 503);
        Condition condition = condition(gpu);
        fail(condition, gpu);
        begin(gpu);

        Await.until("a first look", () -> told.get("gpu") == Telemetry.Reach.DOWN);
        assertThat(condition.healthy(nowMicros.get())).isFalse();

        statuses.put("/gpu", 200);
        nowMicros.addAndGet(INTERVAL_MICROS);
        Await.until("a second look", () -> told.get("gpu") == Telemetry.Reach.UP);
        assertThat(condition.send(nowMicros.get())).isTrue();
        assertThat(condition.send(nowMicros.get())).isFalse();
    }

    @Test
    void oneThatIsWatchedAtAllTimesIsKnownToBeDeadBeforeARequestFindsOut() throws Exception {
        Backend gpu = backend("gpu", Backend.Type.VLLM, Attention.ALWAYS, INTERVAL, "/gpu");
        statuses.put("/gpu", 500);
        Condition condition = condition(gpu);
        begin(gpu);

        for (int look = 1; look <= MOST_FAILURES; look++) {
            assertThat(condition.healthy(nowMicros.get())).isTrue();
            int looks = look;
            Await.until("look " + look, () -> looks("/gpu") == looks);
            if (look < MOST_FAILURES) {
                nowMicros.addAndGet(INTERVAL_MICROS);
            }
        }
        Await.until("its end", () -> !condition.healthy(nowMicros.get()));
    }

    @Test
    void whoCannotBeReachedIsDown() throws Exception {
        Backend gpu = backend("gone", Backend.Type.VLLM, Attention.ALWAYS, INTERVAL, "/gone");
        condition(gpu);
        server.stop(0);
        begin(gpu);
        Await.until("a look", () -> told.get("gone") == Telemetry.Reach.DOWN);
    }

    @Test
    void nobodyIsAskedWithoutNeedOrMoreOftenThanItsIntervalSays() throws Exception {
        Backend healthy = backend("healthy", Backend.Type.VLLM, Attention.UNHEALTHY, Duration.ZERO, "/healthy");
        Backend never = backend("never", Backend.Type.VLLM, Attention.NEVER, Duration.ZERO, "/never");
        Backend seldom = backend("seldom", Backend.Type.VLLM, Attention.ALWAYS, INTERVAL, "/seldom");
        condition(healthy);
        fail(condition(never), never);
        condition(seldom);
        begin(healthy, never, seldom);

        Await.until("some rounds", () -> looks("/beat") >= ROUNDS);
        assertThat(looks("/healthy")).isZero();
        assertThat(looks("/never")).isZero();
        assertThat(looks("/seldom")).isOne();

        nowMicros.addAndGet(INTERVAL_MICROS - 1);
        int rounds = looks("/beat");
        Await.until("some more", () -> looks("/beat") >= rounds + ROUNDS);
        assertThat(looks("/seldom")).isOne();

        nowMicros.addAndGet(1);
        Await.until("its interval", () -> looks("/seldom") == 2);
    }

    @Test
    void eachTypeIsAskedWhatItAnswersWithoutWork() throws Exception {
        Backend vllm = backend("vllm", Backend.Type.VLLM, Attention.ALWAYS, INTERVAL, "");
        Backend ollama = backend("ollama", Backend.Type.OLLAMA, Attention.ALWAYS, INTERVAL, "");
        Backend openai = backend("openai", Backend.Type.OPENAI, Attention.ALWAYS, INTERVAL, "");
        begin(vllm, ollama, openai);
        Await.until("all three", () -> told.size() == 4);
        assertThat(asked).contains("/health", "/api/version", "/v1/models");
    }

    private void begin(Backend... backends) {
        List<Backend> all = new CopyOnWriteArrayList<>(backends);
        all.add(BEAT);
        new HealthChecks(
                        new BackendClients(vertx, _ -> address()),
                        deployments,
                        new Told(told),
                        () -> all,
                        nowMicros::get)
                .begin(vertx.getOrCreateContext());
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private int looks(String path) {
        return Collections.frequency(asked, path);
    }

    private void fail(Condition condition, Backend backend) {
        for (int i = 0; i < MOST_FAILURES; i++) {
            condition.failed(nowMicros.get(), nowMicros.get(), backend.health());
        }
        assertThat(condition.healthy(nowMicros.get())).isFalse();
    }

    /** How a model stands that only this backend serves. */
    private Condition condition(Backend backend) {
        return deployments
                .of(new Model(
                        "of-" + backend.name(),
                        "",
                        1_000,
                        100,
                        100,
                        Price.FREE,
                        "",
                        List.of(new Deployment(backend.name(), "m", 1, Price.FREE, Optional.empty(), Features.EVERY)),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()))
                .getFirst();
    }

    private static Backend backend(
            String name, Backend.Type type, Attention attention, Duration interval, String path) {
        return new Backend(
                name,
                type,
                Optional.of(URI.create("http://127.0.0.1:1")),
                Optional.empty(),
                1,
                1,
                Duration.ofSeconds(1),
                Optional.empty(),
                new Health(
                        MOST_FAILURES,
                        Duration.ofSeconds(60),
                        Optional.of(path).filter(given -> !given.isEmpty()),
                        interval,
                        attention));
    }

    /** Keeps what was last told of each backend. */
    private record Told(Map<String, Telemetry.Reach> backends) implements Telemetry {
        @Override
        public void finished(Receipt receipt, Timings timings) {}

        @Override
        public void inflight(String backend, int change) {}

        @Override
        public void queued(int priority, int change) {}

        @Override
        public void backendError(String backend, String kind) {}

        @Override
        public void overshot() {}

        @Override
        public void backendUp(String backend, Reach reach) {
            backends.put(backend, reach);
        }
    }
}
