package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a backend tells of itself, and what follows for those who ask for it. */
@Timeout(120)
class CapacityTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "acme-key-of-the-capacity-test";
    private static final String REST = """
            models:
              small: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: gpu } ] }
            tiers: { pro: { models: [ "*" ] } }
            tenants: { acme: { tier: pro, keys: { app: { secret: acme-key-of-the-capacity-test } } } }
            """;

    @Test
    void aBackendIsSentNoMoreThanItsMemoryHolds(@TempDir Path data) throws Exception {
        try (SmallGpu gpu = new SmallGpu();
                RunningAtlas atlas = RunningAtlas.start(
                        data,
                        "backends: { gpu: { type: vllm, url: \"http://127.0.0.1:%d/v1\" } }\n".formatted(gpu.port())
                                + REST,
                        Map.of())) {
            awaitMetric(atlas, "atlas_backend_capacity{backend=\"gpu\",of=\"kv_tokens\"}", 3_686, 3_686);
            List<CompletableFuture<Reply>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(atlas.chatLater(KEY, Chat.ofTokens("small", 100 + i).maxTokens(1_000)));
            }
            awaitMetric(atlas, "atlas_queue_depth{priority=\"0\"}", 5, 5);
            awaitMetric(atlas, "atlas_backend_capacity_used{backend=\"gpu\",of=\"requests\"}", 3, 3);
            assertThat(gpu.most()).isLessThanOrEqualTo(3);
            gpu.free.countDown();
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(gpu.most()).as("no more at once than fit").isEqualTo(3);
            assertThat(heldFor(atlas, answers)).containsOnly("kv_tokens").hasSize(5);
            for (String of : List.of("requests", "kv_tokens", "prefill_tokens")) {
                awaitMetric(atlas, "atlas_backend_capacity_used{backend=\"gpu\",of=\"" + of + "\"}", 0, 0);
            }
        }
    }

    @Test
    void aBackendInWhichRequestsWaitIsSentFewer(@TempDir Path data) throws Exception {
        try (RunningAtlas atlas = RunningAtlas.start(
                data,
                "backends: { gpu: { type: sim, ttft: 5ms, tokensPerSecond: 20, slots: 2 } }\n" + REST,
                Map.of())) {
            List<CompletableFuture<Reply>> answers = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                answers.add(atlas.chatLater(KEY, Chat.ofTokens("small", 20 + i).maxTokens(16)));
            }
            awaitMetric(atlas, "atlas_backend_capacity{backend=\"gpu\",of=\"requests\"}", 1, 50);
            answers.add(atlas.chatLater(KEY, Chat.ofTokens("small", 90).maxTokens(16)));
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(answers).allSatisfy(answer -> answer.join().expect(200));
        }
    }

    private static List<String> heldFor(RunningAtlas atlas, List<CompletableFuture<Reply>> answers) throws Exception {
        List<String> words = new ArrayList<>();
        for (CompletableFuture<Reply> answer : answers) {
            JsonNode steps = atlas.admin(
                            "/admin/v1/decisions/" + answer.join().expect(200).header("x-atlas-decision"))
                    .json()
                    .path("steps");
            steps.valueStream()
                    .filter(step -> step.path("step").asString().equals("queue"))
                    .forEach(step -> words.add(step.path("held_for").asString()));
        }
        return words;
    }

    private static void awaitMetric(RunningAtlas atlas, String name, double least, double most) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        double value = atlas.metric(name);
        while (value < least || value > most) {
            assertThat(System.nanoTime()).as("%s is %s", name, value).isLessThan(deadline);
            value = atlas.metric(name);
        }
    }

    /** A model server with memory for 4096 tokens, which says so, and answers when it is told to. */
    private static final class SmallGpu implements AutoCloseable {
        final CountDownLatch free = new CountDownLatch(1);
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final HttpServer server;

        SmallGpu() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext(
                    "/metrics",
                    exchange -> send(
                            exchange,
                            "text/plain",
                            "vllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"256\"} 1.0\n"));
            server.createContext("/v1/chat/completions", this::answer);
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        int most() {
            return most.get();
        }

        private void answer(HttpExchange exchange) throws IOException {
            exchange.getRequestBody().readAllBytes();
            int now = open.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            try {
                free.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            open.decrementAndGet();
            send(exchange, "application/json", """
                    {"id":"1","object":"chat.completion","created":1,"model":"small","choices":[{"index":0,
                    "message":{"role":"assistant","content":"sun"},"finish_reason":"stop"}],
                    "usage":{"prompt_tokens":100,"completion_tokens":900,"total_tokens":1000}}""");
        }

        private static void send(HttpExchange exchange, String type, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", type);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        }

        @Override
        public void close() {
            free.countDown();
            server.stop(0);
        }
    }
}
