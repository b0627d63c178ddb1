package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten times as much as a model can serve, asked for whether anything is answered or not: it is as busy as it is when it is
 * just full, and who cannot be served is told so. {@code -Datlas.overload.seconds=30} is the long version.
 */
@Timeout(300)
class OverloadTest {
    private static final int SECONDS = Integer.getInteger("atlas.overload.seconds", 8);
    private static final int TIMES = 10;
    private static final int PLACES = 4;
    private static final String KEY = "acme-key-of-the-overload-test";
    private static final String CONFIGURATION = """
            backends:
              sim: { type: sim, ttft: 150ms, tokensPerSecond: 60, concurrency: 4, slots: 4, queue: 20, queueTimeout: 30s }
            models:
              small: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] }
            tiers: { pro: { models: [ "*" ] } }
            tenants: { acme: { tier: pro, keys: { app: { secret: acme-key-of-the-overload-test } } } }
            """;

    @Test
    void whatIsServedIsNoLessThanWhenItIsJustFull(@TempDir Path data) throws Exception {
        try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION, Map.of())) {
            full(atlas, 1_000);
            double perSecond = full(atlas, 3_000);
            List<Reply> replies = open(atlas, TIMES * perSecond);

            long served =
                    replies.stream().filter(reply -> reply.status() == 200).count();
            assertThat(served / (double) SECONDS)
                    .as("served a second, of %s when it is just full", perSecond)
                    .isGreaterThanOrEqualTo(0.9 * perSecond);
            assertThat(replies).filteredOn(reply -> reply.status() != 200).allSatisfy(reply -> {
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.code()).isEqualTo("overloaded");
            });
            assertThat(replies.size() - served).as("refused").isGreaterThan(served);
            assertThat(atlas.metric("atlas_backend_capacity_used{backend=\"sim\",of=\"requests\"}"))
                    .isZero();
        }
    }

    /** How many a second are served to as many as there are places, twice. */
    private static double full(RunningAtlas atlas, long millis) {
        long start = System.nanoTime();
        long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
        List<CompletableFuture<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 2 * PLACES; i++) {
            callers.add(again(atlas, end, 0));
        }
        int served = callers.stream().mapToInt(CompletableFuture::join).sum();
        return served * 1e9 / (System.nanoTime() - start);
    }

    private static CompletableFuture<Integer> again(RunningAtlas atlas, long end, int before) {
        return System.nanoTime() >= end
                ? CompletableFuture.completedFuture(before)
                : atlas.chatLater(KEY, chat()).thenCompose(reply -> {
                    reply.expect(200);
                    return again(atlas, end, before + 1);
                });
    }

    /** Asks so often, and returns what was answered to those who asked in that time. */
    private static List<Reply> open(RunningAtlas atlas, double perSecond) throws Exception {
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            long start = System.nanoTime();
            var ticking = clock.scheduleAtFixedRate(
                    () -> {
                        double due = (System.nanoTime() - start) / 1e9 * perSecond;
                        while (asked.size() < due) {
                            asked.add(atlas.chatLater(KEY, chat()));
                        }
                    },
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            clock.schedule(() -> ticking.cancel(false), SECONDS, TimeUnit.SECONDS)
                    .get();
        }
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private static Chat chat() {
        return Chat.ofTokens("small", 20).maxTokens(16);
    }
}
