package io.atlas.upstream.sim;

import static io.atlas.upstream.sim.SimClient.STREAM;
import static io.atlas.upstream.sim.SimClient.chat;
import static io.atlas.upstream.sim.SimClient.events;
import static io.atlas.upstream.sim.SimClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.model.Simulation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of requests when there are many, or when something goes wrong. */
@Timeout(30)
class SimServerLoadTest {
    private final SimClient client = new SimClient();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void tokensComeAtTheirPaceAfterTheFirst() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ofMillis(100), 100, 8, 10, 0, 0, 0, 0, 0, 0));
        long start = System.nanoTime();

        json(client.post(sim, chat("Hello there", ",\"max_tokens\":11")));
        long plain = System.nanoTime();
        events(client.post(sim, chat("Hello there", ",\"max_tokens\":11" + STREAM)));
        long streamed = System.nanoTime();

        assertThat(Duration.ofNanos(plain - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(Duration.ofNanos(streamed - plain)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void moreThanSlotsAndQueueHoldIsTurnedAway() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ofSeconds(60), 1, 1, 1, 0, 0, 0, 0, 0, 0));
        BlockingQueue<HttpResponse<String>> answers = new LinkedBlockingQueue<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Boolean> _ =
                    client.postLater(sim, chat("Hello there", "")).thenApply(answers::add);
        }

        HttpResponse<String> first = Objects.requireNonNull(answers.poll(10, TimeUnit.SECONDS));

        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.headers().firstValue("retry-after")).hasValue("1");
        assertThat(answers).isEmpty();
    }

    @Test
    void whoWaitsIsServedWhenASlotGetsFree() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ofMillis(20), 1_000, 1, 10, 0, 0, 0, 0, 0, 0));
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(client.postLater(sim, chat("Hello there", "")));
        }

        for (CompletableFuture<HttpResponse<String>> answer : asked) {
            assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aClientWhoLeavesFreesItsSlot() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 1, 1, 10, 0, 0, 0, 0, 0, 0));
        HttpResponse<InputStream> endless = client.open(sim, chat("Hello there", STREAM));
        endless.body().readNBytes(20);
        var next = client.postLater(sim, chat("Hello there", ",\"max_tokens\":1"));
        assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        endless.body().close();

        assertThat(next.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void aClientWhoLeavesTheQueueTakesNoSlot() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 1, 1, 10, 0, 0, 0, 0, 0, 0));
        HttpResponse<InputStream> endless = client.open(sim, chat("Hello there", STREAM));
        endless.body().readNBytes(20);
        assertThatThrownBy(() -> client.postImpatiently(sim, chat("Hello there", STREAM)))
                .isInstanceOf(HttpTimeoutException.class);

        endless.body().close();

        assertThat(client.post(sim, chat("Hello there", ",\"max_tokens\":1")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void faultsComeInTheirShares() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 200, 100, 0, 0, 0, 0));
        int failed = 0;
        int throttled = 0;
        for (int i = 0; i < 500; i++) {
            HttpResponse<String> response = client.post(sim, chat("Question " + i, ",\"max_tokens\":1"));
            failed += response.statusCode() == 500 ? 1 : 0;
            throttled += response.statusCode() == 429 ? 1 : 0;
        }

        assertThat(failed).isBetween(70, 130);
        assertThat(throttled).isBetween(30, 70);
    }

    @Test
    void aThrottledRequestIsToldWhenToComeAgain() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 0, 1_000, 0, 0, 0, 0));

        assertThat(client.post(sim, chat("Hello", "")).headers().firstValue("retry-after"))
                .hasValue("1");
    }

    @Test
    void aCutStreamEndsInTheMiddleWithAnError() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 100_000, 1, 1_000, 0, 0, 0, 1_000, 0, 0));

        for (int i = 0; i < 3; i++) {
            InputStream body = client.open(sim, chat("Hello there", STREAM)).body();
            List<String> seen = new ArrayList<>();
            assertThatThrownBy(() -> readInto(seen, body)).isInstanceOf(IOException.class);
            assertThat(seen).hasSizeGreaterThan(3).doesNotContain("data: [DONE]");
        }
    }

    @Test
    void aStalledStreamHoldsItsSlotUntilTheClientLeaves() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 100_000, 1, 0, 0, 0, 1_000, 0, 0, 0));
        HttpResponse<InputStream> stalled = client.open(sim, chat("Hello there", STREAM));
        stalled.body().readNBytes(200);

        assertThat(client.post(sim, chat("Hello there", "")).statusCode()).isEqualTo(503);
        stalled.body().close();
        int status = 503;
        while (status == 503) {
            status = client.post(sim, chat("Hello there", "")).statusCode();
        }

        assertThat(status).isEqualTo(200);
    }

    @Test
    void aClosedServerBreaksOffItsAnswers() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ofSeconds(60), 1, 8, 8, 0, 0, 0, 0, 0, 0));
        var open = client.postLater(sim, chat("Hello there", ""));
        assertThat(client.get(sim, "/health").statusCode()).isEqualTo(200);

        SimClient.await(sim.close());

        assertThatThrownBy(() -> open.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    private static void readInto(List<String> seen, InputStream body) throws IOException {
        try (var reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                seen.add(line);
            }
        }
    }
}
