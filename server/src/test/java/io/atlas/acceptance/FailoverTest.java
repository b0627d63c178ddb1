package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.atlas.endings.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One backend fails, is full or asks for a pause: who else serves, who is spared, and what the caller is told. */
@Timeout(60)
class FailoverTest {
    private static final String KEY = "key-of-the-worker";
    private static final Chat BOTH = Chat.of("both", "hello").maxTokens(10);
    private static final Chat ALONE = Chat.of("alone", "hello").maxTokens(10);
    private static final Chat BACKED = Chat.of("backed", "hello").maxTokens(10);
    private static final String CONFIGURATION = """
            backends:
              first: { type: vllm, url: "${first}", health: { check: never } }
              second: { type: vllm, url: "${second}", health: { check: never } }
              dead: { type: vllm, url: "http://127.0.0.1:9", health: { check: never } }
              watched: { type: vllm, url: "${first}", health: { interval: 250ms } }
              shaky: { type: sim, ttft: 0ms, tokensPerSecond: 1k, errors: 40% }
              steady: { type: sim, ttft: 0ms, tokensPerSecond: 1k }
            models:
              simulated:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: shaky }, { backend: steady } ]
              both:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: first, cost: { input: "0 USD", output: "0 USD" } }, { backend: second } ]
              alone: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: first } ] }
              seen: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: watched } ] }
              backed: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: dead } ], fallback: middle }
              middle: { price: { input: "1 USD", output: "4 USD" }, deployments: [ { backend: dead } ], fallback: small }
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: second } ] }
            tiers:
              pro: { models: [ "*" ] }
              few: { models: [ both, backed, middle ] }
            tenants:
              worker: { tier: pro, limits: [ { tokens: 100k, per: day } ], keys: { app: { secret: key-of-the-worker } } }
              single: { tier: pro, limits: [ { concurrent: 1 }, { tokens: 100k, per: day } ], keys: { app: { secret: key-of-the-single } } }
              poor:
                tier: pro
                limits: [ { tokens: 5, per: day, model: small }, { tokens: 100k, per: day } ]
                keys: { app: { secret: key-of-the-poor-one } }
              limited: { tier: few, limits: [ { tokens: 100k, per: day } ], keys: { app: { secret: key-of-the-limited-one } } }
            """;

    @TempDir
    Path data;

    private final MoodyUpstream first = MoodyUpstream.start();
    private final MoodyUpstream second = MoodyUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = RunningAtlas.start(data, CONFIGURATION, Map.of("first", first.url(), "second", second.url()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        first.close();
        second.close();
    }

    @Test
    void whatFailsAtOneIsServedByTheOtherAndTheReceiptTellsBoth() throws Exception {
        first.mood(500);

        Reply reply = atlas.chat(KEY, BOTH).expect(200);

        assertThat(first.requests()).isEqualTo(1);
        assertThat(second.requests()).isEqualTo(1);
        JsonNode receipt = receipt(KEY, reply);
        assertThat(steps(receipt, "attempt"))
                .extracting(
                        step -> step.path("deployment").asString(""),
                        step -> step.path("ended").asString(""))
                .containsExactly(tuple("both@first", "backend_error"), tuple("both@second", "served"));
        assertThat(standings(steps(receipt, "choose").getFirst())).containsExactly("chosen", "dearer");
        assertThat(standings(steps(receipt, "choose").getLast())).containsExactly("tried", "chosen");
        assertThat(receipt.path("served").path("backend").asString("")).isEqualTo("second");
        assertThat(receipt.path("usage").path("input_tokens").asLong()).isEqualTo(10);
        assertThat(used(KEY, "worker:tokens/day")).isEqualTo(11);
        assertThat(atlas.metric("atlas_inflight{backend=\"first\"}")).isZero();
        assertThat(atlas.metric("atlas_inflight{backend=\"second\"}")).isZero();
    }

    @Test
    void fiveFailuresInARowKeepRequestsAway() throws Exception {
        first.mood(500);
        for (int i = 0; i < 10; i++) {
            atlas.chat(KEY, BOTH).expect(200);
        }
        assertThat(first.requests()).isEqualTo(5);
        assertThat(second.requests()).isEqualTo(10);
        assertThat(atlas.metric("atlas_backend_up{backend=\"first\"}")).isZero();
        assertThat(atlas.metric("atlas_backend_up{backend=\"second\"}")).isEqualTo(1);
    }

    @Test
    void whereNoneIsHealthyTheCallerIsToldWhenToComeBack() throws Exception {
        first.mood(500);
        for (int i = 0; i < 5; i++) {
            Chat another = Chat.of("alone", "hello " + i);
            assertThat(atlas.chat(KEY, another).expect(502).code()).isEqualTo("backend_error");
        }

        Reply refused = atlas.chat(KEY, ALONE).expect(503);

        assertThat(refused.code()).isEqualTo("backend_unavailable");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(25, 30);
        assertThat(first.requests()).isEqualTo(5);
        assertThat(used(KEY, "worker:tokens/day")).isZero();
    }

    @Test
    void whoLooksAfterABackendFindsItWellAgain() throws Exception {
        first.mood(500);
        Chat chat = ALONE.model("seen");
        for (int i = 0; i < 5; i++) {
            atlas.chat(KEY, Chat.of("seen", "hello " + i)).expect(502);
        }
        Await.until("two looks at it", () -> first.looks() >= 2);
        assertThat(atlas.chat(KEY, chat).expect(503).code()).isEqualTo("backend_unavailable");

        first.mood(200);

        Await.until("an answer", () -> atlas.chat(KEY, chat).status() == 200);
        assertThat(atlas.metric("atlas_backend_up{backend=\"watched\"}")).isEqualTo(1);
        int looks = first.looks();
        atlas.chat(KEY, chat).expect(200);
        assertThat(first.looks()).as("looks at one that is well").isLessThanOrEqualTo(looks + 1);
    }

    @Test
    void oneThatIsFullIsNoFailureAndTheRequestGoesOnAtOnce() throws Exception {
        first.mood(503);
        for (int i = 0; i < 20; i++) {
            atlas.chat(KEY, BOTH).expect(200);
        }
        assertThat(second.requests()).isEqualTo(20);
        assertThat(first.requests()).as("tries at one that is full").isBetween(1, 10);
        assertThat(atlas.metric("atlas_backend_up{backend=\"first\"}")).isEqualTo(1);

        first.mood(200);
        int before = first.requests();
        Await.until("a request at the one that has room again", () -> {
            atlas.chat(KEY, BOTH).expect(200);
            return first.requests() > before;
        });
    }

    @Test
    void oneThatAsksForAPauseGetsIt() throws Exception {
        first.mood(429, Map.of("retry-after", "7"));
        assertThat(atlas.chat(KEY, ALONE).expect(503).header("retry-after")).isEqualTo("7");

        Reply spared = atlas.chat(KEY, ALONE).expect(503);

        assertThat(spared.code()).isEqualTo("overloaded");
        assertThat(Integer.parseInt(spared.header("retry-after"))).isBetween(1, 7);
        assertThat(first.requests()).isEqualTo(1);
        assertThat(standings(steps(receipt(KEY, spared), "choose").getFirst())).containsExactly("resting");
    }

    @Test
    void aModelStandsInAlongItsChainAtItsOwnPrice() throws Exception {
        Reply reply = atlas.chat("key-of-the-single", BACKED).expect(200);

        assertThat(reply.header("x-atlas-model")).isEqualTo("small");
        assertThat(reply.header("x-atlas-downgraded-from")).isEqualTo("backed");
        assertThat(reply.header("x-atlas-cost-usd")).isEqualTo("0.0000028");
        JsonNode receipt = receipt("key-of-the-single", reply);
        assertThat(steps(receipt, "fallback").getFirst().path("to").asString(""))
                .isIn("middle", "small");
        assertThat(receipt.path("served").path("model").asString("")).isEqualTo("small");
        assertThat(receipt.path("price").asString("")).startsWith("small@");
        assertThat(used("key-of-the-single", "single:tokens/day")).isEqualTo(11);
        assertThat(atlas.metric("atlas_saved_usd_total{by=\"downgrade\",tier=\"pro\"}"))
                .isZero();
        atlas.chat("key-of-the-single", BACKED).expect(200);
    }

    @Test
    void noModelStandsInThatTheCallerMayNotUseOrForbidsOrCannotPay() throws Exception {
        Map<String, String> exact = Map.of("authorization", "Bearer " + KEY, "x-atlas-no-downgrade", "true");
        assertThat(atlas.chat(exact, BACKED).expect(503).code()).isEqualTo("backend_unavailable");
        assertThat(atlas.chat("key-of-the-limited-one", BACKED).expect(503).code())
                .isEqualTo("backend_unavailable");
        Reply poor = atlas.chat("key-of-the-poor-one", BACKED).expect(503);
        assertThat(poor.code()).isEqualTo("backend_unavailable");
        assertThat(steps(receipt("key-of-the-poor-one", poor), "refuse")).hasSize(1);
        assertThat(used("key-of-the-poor-one", "poor:tokens/day")).isZero();
        assertThat(second.requests()).isZero();
    }

    @Test
    void oneThatFailsOftenIsAvoidedAndNobodyNoticesIt() throws Exception {
        int failed = 0;
        for (int i = 0; i < 120; i++) {
            Chat chat = Chat.of("simulated", "question " + i).maxTokens(5);
            failed += atlas.chat(KEY, chat).status() == 200 ? 0 : 1;
        }
        double errors = atlas.metric("atlas_backend_errors_total{backend=\"shaky\",kind=\"status_5xx\"}");
        assertThat(failed).isZero();
        assertThat(errors).isBetween(1.0, 20.0);
    }

    private JsonNode receipt(String key, Reply reply) throws Exception {
        return atlas.get(key, "/v1/decisions/" + reply.header("x-request-id"))
                .expect(200)
                .json();
    }

    private static List<JsonNode> steps(JsonNode receipt, String name) {
        return receipt.path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString("").equals(name))
                .toList();
    }

    private static List<String> standings(JsonNode step) {
        return step.path("candidates")
                .valueStream()
                .map(candidate -> candidate.path("standing").asString(""))
                .toList();
    }

    private long used(String key, String id) throws Exception {
        return atlas.get(key, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString("").equals(id))
                .findFirst()
                .orElseThrow()
                .path("used")
                .asLong();
    }
}
