package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What one tenant does not use of a backend another may use, and gives back when the first comes. */
@Timeout(120)
class AdaptiveRatesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    /** Of its two tenants the one asks for more than he is declared to have, and the other may come at any time. */
    private static final String CONFIGURATION = """
            backends:
              gpu: { type: sim, ttft: 100ms, tokensPerSecond: 1000, slots: 8, concurrency: 4 }
            models:
              small: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: gpu } ] }
            tiers:
              low: { models: [ small ], weight: 1 }
              high: { models: [ small ], weight: 16 }
            tenants:
              busy:
                tier: low
                limits: [ { requests: 60, per: minute, burst: 10, adaptive: { floor: 30, cap: 180 } }, { requests: 1M, per: day } ]
                keys: { app: { secret: key-of-the-busy-one } }
              first:
                tier: high
                limits: [ { requests: 100, per: minute, adaptive: { floor: 60, cap: 600 } } ]
                keys: { app: { secret: key-of-the-first-one } }
              contract:
                tier: low
                limits: [ { requests: 60, per: minute } ]
                keys: { app: { secret: key-of-the-contract } }
            """;

    /** A machine on which time goes eight times as fast. */
    private static final class FastClock implements TimeSource {
        private static final long TIMES = 8;
        private final long startMicros = TimeSource.system().epochMicros();

        @Override
        public long epochMicros() {
            return startMicros + TIMES * (TimeSource.system().epochMicros() - startMicros);
        }

        @Override
        public long nanos() {
            return TIMES * System.nanoTime();
        }
    }

    @Test
    void oneRisesTowardsHisCapWhileTheOtherIsIdleAndFallsToHisFloorWhenHeComes(@TempDir Path data) throws Exception {
        try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION, Map.of(), new FastClock());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean goOn = new AtomicBoolean(true);
            List<Future<Integer>> asked = new ArrayList<>();
            try {
                assertThat(limit(atlas, "busy").path("amount").asLong()).isEqualTo(60);
                asked.addAll(ask(atlas, clients, 4, "key-of-the-busy-one", goOn));
                JsonNode risen = await(atlas, limit -> limit.path("amount").asLong() > 120);
                assertThat(risen.path("configured").asLong()).isEqualTo(60);
                assertThat(risen.path("adapted").path("reason").asString()).isEqualTo("load");
                assertThat(risen.path("adapted").path("floor").asLong()).isEqualTo(30);
                assertThat(risen.path("adapted").path("cap").asLong()).isEqualTo(180);
                assertThat(risen.path("adapted").path("factor").asDouble()).isGreaterThan(2);

                asked.addAll(ask(atlas, clients, 8, "key-of-the-first-one", goOn));
                await(atlas, limit -> limit.path("amount").asLong() == 30);
                assertThat(limit(atlas, "first").path("amount").asLong()).isGreaterThanOrEqualTo(60);
                JsonNode contract = limit(atlas, "contract");
                assertThat(contract.path("amount").asLong()).isEqualTo(60);
                assertThat(contract.path("adapted").isNull()).isTrue();
            } finally {
                goOn.set(false);
            }
            for (Future<Integer> client : asked) {
                assertThat(client.get()).isPositive();
            }
        }
    }

    private static List<Future<Integer>> ask(
            RunningAtlas atlas, ExecutorService clients, int many, String key, AtomicBoolean goOn) {
        return IntStream.range(0, many)
                .mapToObj(client -> clients.submit(() -> {
                    int turns = 0;
                    while (goOn.get()) {
                        atlas.chat(
                                key,
                                Chat.of("small", "sun " + client + " " + turns++)
                                        .maxTokens(1));
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    }
                    return turns;
                }))
                .toList();
    }

    private static JsonNode await(RunningAtlas atlas, Predicate<JsonNode> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode limit = limit(atlas, "busy");
        while (!condition.test(limit)) {
            assertThat(System.nanoTime())
                    .as(limit + " beside " + limit(atlas, "first"))
                    .isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            limit = limit(atlas, "busy");
        }
        return limit;
    }

    private static JsonNode limit(RunningAtlas atlas, String tenant) throws Exception {
        return atlas.admin("/admin/v1/quota?tenant=" + tenant)
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString().endsWith(":requests/minute"))
                .findFirst()
                .orElseThrow();
    }
}
