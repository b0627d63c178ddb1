package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Many ask at once for what two places of a simulated model can serve. Who is served when is told by the order in which the
 * answers come, so that a slow machine changes nothing; a first-come queue would serve all in the order in which they asked.
 */
@Timeout(120)
class FairnessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "-key-of-the-fairness-test";
    private static final String CONFIGURATION = """
            backends:
              sim: { type: sim, ttft: 5ms, tokensPerSecond: 200, concurrency: 2, queue: 200 }
              stuck: { type: sim, ttft: 10m, concurrency: 1, queue: 200, queueTimeout: 10m }
            models:
              small: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] }
              stuck: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: stuck } ] }
            tiers:
              free: { priority: 0, models: [ "*" ] }
              pro: { priority: 10, weight: 1, models: [ "*" ] }
              plus: { priority: 10, weight: 3, models: [ "*" ] }
            tenants:
              loud: { tier: pro, keys: { app: { secret: loud-key-of-the-fairness-test } } }
              quiet: { tier: pro, keys: { app: { secret: quiet-key-of-the-fairness-test } } }
              calm: { tier: pro, keys: { app: { secret: calm-key-of-the-fairness-test } } }
              heavy: { tier: plus, keys: { app: { secret: heavy-key-of-the-fairness-test } } }
              poor: { tier: free, keys: { app: { secret: poor-key-of-the-fairness-test } } }
              house:
                tier: pro
                teams:
                  left: { keys: { app: { secret: left-key-of-the-fairness-test } } }
                  right: { keys: { app: { secret: right-key-of-the-fairness-test } } }
            """;

    private static RunningAtlas atlas;

    private final List<String> served = Collections.synchronizedList(new ArrayList<>());
    private final List<CompletableFuture<Reply>> answers = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path data) {
        atlas = RunningAtlas.start(data, CONFIGURATION, Map.of());
    }

    @AfterAll
    static void stop() {
        atlas.close();
    }

    @Test
    void twoWhoAskForLittleAreServedAsIfTheOneWhoHammersWereOneOfThem() throws Exception {
        ask("loud", 60);
        awaitWaiting("10", 40);
        ask("quiet", 6);
        ask("calm", 6);
        awaitAll();

        assertThat(lastOf("quiet")).as("%s", served).isLessThan(46);
        assertThat(lastOf("calm")).as("%s", served).isLessThan(46);
        assertThat(served).hasSize(72);
    }

    @Test
    void whoseWeightIsThreefoldIsServedThreeTimesAsOften() throws Exception {
        ask("loud", 42);
        ask("heavy", 40);
        awaitAll();

        long heavy = served.subList(0, 42).stream().filter("heavy"::equals).count();
        assertThat(heavy).as("%s", served).isBetween(24L, 36L);
    }

    @Test
    void aHigherTierGoesFirstAndALowerOneIsNotForgotten() throws Exception {
        ask("poor", 40);
        awaitWaiting("0", 30);
        ask("loud", 60);
        awaitAll();

        long poor = served.subList(0, 60).stream().filter("poor"::equals).count();
        assertThat(poor).as("%s", served).isBetween(4L, 28L);
        assertThat(served.getLast()).isEqualTo("poor");
    }

    @Test
    void teamsOfATenantShareWhatIsDueToIt() throws Exception {
        ask("left", 40);
        awaitWaiting("10", 28);
        ask("right", 6);
        awaitAll();

        assertThat(lastOf("right")).as("%s", served).isLessThan(36);
    }

    @Test
    void theReceiptTellsOfTheQueueAndALongWaitIsRefusedAtOnce() throws Exception {
        ask("quiet", 22);
        awaitAll();
        ask("loud", 60);
        awaitWaiting("10", 40);
        Reply refused =
                atlas.chat(Map.of("authorization", "Bearer loud" + KEY, "x-atlas-max-wait-ms", "1"), chat("small"));
        awaitAll();

        refused.expect(503);
        assertThat(refused.code()).isEqualTo("overloaded");
        assertThat(Long.parseLong(refused.header("retry-after-ms"))).isGreaterThan(50);
        assertThat(refused.maybe("x-atlas-queue-ms")).isEmpty();
        JsonNode step = step(refused);
        assertThat(step.path("ended").asString()).isEqualTo("too_long");
        assertThat(step.path("place").isNull()).isTrue();
        assertThat(step.path("foretold_us").asLong()).isGreaterThan(50_000);

        Reply last = answers.getLast().join().expect(200);
        assertThat(Long.parseLong(last.header("x-atlas-queue-ms"))).isPositive();
        JsonNode waited = step(last);
        assertThat(waited.path("ended").asString()).isEqualTo("called");
        assertThat(waited.path("place").asLong()).isBetween(1L, 60L);
        assertThat(waited.path("waited_us").asLong()).isPositive();
    }

    @Test
    void theBoundOfTheQueueIsShown() throws Exception {
        assertThat(atlas.admin("/metrics").body()).contains("atlas_queue_fairness_bound{backend=\"stuck\"} 0.0");
    }

    private static JsonNode step(Reply reply) throws Exception {
        return atlas.admin("/admin/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json()
                .path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString().equals("queue"))
                .findFirst()
                .orElseThrow();
    }

    private static Chat chat(String model) {
        return Chat.ofTokens(model, 20).maxTokens(16);
    }

    private void ask(String who, int times) {
        for (int i = 0; i < times; i++) {
            answers.add(atlas.chatLater(who + KEY, chat("small")).whenComplete((reply, _) -> {
                assertThat(reply.status()).isEqualTo(200);
                served.add(who);
            }));
        }
    }

    private int lastOf(String who) {
        return served.lastIndexOf(who);
    }

    private void awaitAll() throws Exception {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void awaitWaiting(String priority, int atLeast) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (atlas.metric("atlas_queue_depth{priority=\"" + priority + "\"}") < atLeast) {
            assertThat(System.nanoTime()).as("waiting of priority %s", priority).isLessThan(deadline);
        }
    }
}
