package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A client library that tries again at once, and for ever, in fifty clients. */
@Timeout(120)
class RetryStormTest {
    private static final int CLIENTS = 50;
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}", concurrency: 100, health: { failures: 1M, rest: 0ms } }
              other: { type: vllm, url: "${oracle}" }
            models:
              slow-20-50: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              flaky-10: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-503: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: other } ] }
            tiers:
              pro: { models: [ "*" ] }
            tenants:
              stormy: { tier: pro, limits: [ { tokens: 100M, per: day } ], keys: { app: { secret: key-of-the-stormy-one } } }
              calm: { tier: pro, limits: [ { tokens: 100M, per: day } ], keys: { app: { secret: key-of-the-calm-one } } }
            """;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean over = new AtomicBoolean();
    private OracleUpstream oracle;
    private RunningAtlas atlas;

    @BeforeEach
    void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        over.set(true);
        threads.shutdownNow();
        client.shutdownNow();
        atlas.close();
        oracle.close();
    }

    @Test
    void aBackendThatIsSlowIsAskedOnceForEachRequest() throws Exception {
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Chat chat = Chat.of("slow-20-50", "request " + i).maxTokens(100).mark("slow-" + i);
            clients.add(threads.submit(() -> tries(chat, Duration.ofMillis(300))));
        }
        int tries = 0;
        for (Future<Integer> each : clients) {
            tries += each.get();
        }

        assertThat(tries).as("tries of the clients").isGreaterThan(2 * CLIENTS);
        assertThat(oracle.journal().all()).hasSize(CLIENTS);
        assertThat(usage().path("charged_requests").asLong()).isEqualTo(CLIENTS);
    }

    @Test
    void aBackendThatFailsOnceInTenIsAskedAFourthMoreAtMost() throws Exception {
        int each = 8;
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(threads.submit(() -> {
                int tries = 0;
                for (int request = 0; request < each; request++) {
                    Chat chat = Chat.of("flaky-10", "request " + number + " " + request)
                            .maxTokens(100)
                            .mark("flaky-" + number + "-" + request);
                    tries += tries(chat, Duration.ofSeconds(10));
                }
                return tries;
            }));
        }
        for (Future<Integer> one : clients) {
            one.get();
        }

        List<Entry> entries = oracle.journal().all();
        assertThat(entries.size()).isBetween(CLIENTS * each + 1, CLIENTS * each * 5 / 4);
        assertThat(usage().path("charged_requests").asLong()).isEqualTo((long) CLIENTS * each);
    }

    @Test
    void aBackendThatAlwaysFailsIsSparedAndOthersAreServed() throws Exception {
        List<Future<Integer>> storm = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Chat chat = Chat.of("error-503", "request " + i).maxTokens(100).mark("dead-" + i);
            storm.add(threads.submit(() -> tries(chat, Duration.ofSeconds(10))));
        }
        long begun = System.nanoTime();
        int served = 0;
        while (System.nanoTime() - begun < Duration.ofSeconds(4).toNanos()) {
            atlas.chat("key-of-the-calm-one", Chat.of("echo", "calm").maxTokens(10))
                    .expect(200);
            served++;
        }

        long attempts = oracle.journal().all().stream()
                .filter(entry -> entry.mark().startsWith("dead-"))
                .count();
        assertThat(storm).noneMatch(Future::isDone);
        assertThat(served).isGreaterThan(100);
        assertThat(attempts).isBetween((long) CLIENTS, CLIENTS * 5L / 4 + 5);
    }

    /** Tries until it is served, as a library that knows no patience; says how often it tried. */
    private int tries(Chat chat, Duration patience) throws Exception {
        for (int tries = 1; !over.get(); tries++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(atlas.uri() + "/v1/chat/completions"))
                    .header("content-type", "application/json")
                    .header("authorization", "Bearer key-of-the-stormy-one")
                    .header("x-stainless-retry-count", Integer.toString(tries - 1))
                    .timeout(patience)
                    .POST(BodyPublishers.ofString(chat.body()))
                    .build();
            try {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return tries;
                }
            } catch (HttpTimeoutException _) {
                // Which is what makes it try again.
            }
        }
        return 0;
    }

    private JsonNode usage() throws Exception {
        return atlas.admin("/admin/v1/usage?by=tenant")
                .expect(200)
                .json()
                .path("rows")
                .valueStream()
                .filter(row -> row.path("tenant").asString("").equals("stormy"))
                .findFirst()
                .orElseThrow();
    }
}
