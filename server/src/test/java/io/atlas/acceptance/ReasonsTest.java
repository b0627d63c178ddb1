package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** For each reason of a limit: the receipt names what binds, with its numbers, and every remedy in it, followed, passes. */
@Timeout(60)
class ReasonsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Instant MORNING = Instant.parse("2026-11-20T10:00:00Z");

    /** 43 words, which the upstream counts, and 3 that it says; 50 tokens and 60 are held, 580,000 nano-USD at most. */
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(60);

    private static final long USED = 46;
    private static final long COST = 110_000;

    /** It answers by 2 words. */
    private static final Chat BRIEF = CHAT.model("words-2");

    private static final long COST_OF_BRIEF = 102_000;

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ], downgrade: cheap }
              words-2: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ], downgrade: cheap }
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              cheap: { price: { input: "1 USD", output: "4 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              one: { models: [ words-3, hang ] }
              two: { models: [ words-3, cheap ] }
              low: { models: [ words-3, cheap ], whenLow: [ downgrade ] }
              free: { priority: 1, models: [ words-3 ], limits: [ { tokens: 120, per: day } ] }
              plus: { priority: 5, models: [ words-3 ], limits: [ { tokens: 130, per: day } ] }
              pro: { priority: 9, models: [ words-3 ], limits: [ { tokens: 1k, per: day }, { tokens: 500, per: minute }, { concurrent: 8 } ] }
              base: { priority: 2, models: [ words-2 ], limits: [ { cost: "0.0006 USD", per: month } ] }
              saver: { priority: 6, models: [ words-2, cheap ], whenLow: [ downgrade ], limits: [ { cost: "0.0006 USD", per: month } ] }
              rich: { priority: 8, models: [ words-2 ], limits: [ { cost: "1 USD", per: month } ] }
            tenants:
              never: { tier: one, limits: [ { tokens: 150, per: day } ], keys: { app: { secret: key-of-the-never-one } } }
              poor: { tier: one, limits: [ { cost: "0.0008 USD", per: week } ], keys: { app: { secret: key-of-the-poor-one } } }
              daily: { tier: free, keys: { app: { secret: key-of-the-daily-one } } }
              saving: { tier: base, keys: { app: { secret: key-of-the-saving-one } } }
              reserved: { tier: one, limits: [ { tokens: 150, per: day } ], keys: { app: { secret: key-of-the-reserved } } }
              rated: { tier: one, limits: [ { tokens: 6000, per: minute, burst: 120 } ], keys: { app: { secret: key-of-the-rated-one } } }
              narrow: { tier: two, limits: [ { tokens: 120, per: hour, model: words-3 } ], keys: { app: { secret: key-of-the-narrow-one } } }
              lonely: { tier: one, limits: [ { concurrent: 1 } ], keys: { app: { secret: key-of-the-lonely-one } } }
              exact: { tier: low, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-exact-one } } }
            """;

    /**
     * A refusal, after so many requests that were served.
     *
     * @param held whether another request is open
     * @param numbers amount, used, held and asked of the limit that binds
     */
    record Case(
            String tenant,
            int served,
            boolean held,
            Chat chat,
            String reason,
            String limit,
            List<Long> numbers,
            List<String> remedies) {
        String key() {
            return switch (tenant) {
                case "reserved" -> "key-of-the-reserved";
                default -> "key-of-the-" + tenant + "-one";
            };
        }

        @Override
        public String toString() {
            return reason + " of " + tenant;
        }
    }

    private OracleUpstream oracle;
    private RunningAtlas atlas;
    private WallClock clock;

    @BeforeEach
    void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        clock = new WallClock(MORNING);
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()), clock);
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    static Stream<Case> cases() {
        Chat larger = CHAT.maxTokens(80);
        return Stream.of(
                new Case(
                        "never",
                        0,
                        false,
                        CHAT.maxTokens(200),
                        "request_exceeds_limit",
                        "never:tokens/day",
                        List.of(150L, 0L, 0L, 250L),
                        List.of("reduce_max_tokens")),
                new Case(
                        "poor",
                        1,
                        false,
                        larger,
                        "budget_exhausted",
                        "poor:cost/week",
                        List.of(800_000L, COST, 0L, 740_000L),
                        List.of("wait", "reduce_max_tokens")),
                new Case(
                        "daily",
                        1,
                        false,
                        CHAT,
                        "quota_exhausted",
                        "daily:tokens/day",
                        List.of(120L, USED, 0L, 110L),
                        List.of("wait", "reduce_max_tokens", "upgrade_tier")),
                new Case(
                        "saving",
                        1,
                        false,
                        BRIEF,
                        "budget_exhausted",
                        "saving:cost/month",
                        List.of(600_000L, COST_OF_BRIEF, 0L, 580_000L),
                        List.of("wait", "reduce_max_tokens", "upgrade_tier")),
                new Case(
                        "reserved",
                        0,
                        true,
                        CHAT,
                        "quota_reserved",
                        "reserved:tokens/day",
                        List.of(150L, 0L, 110L, 110L),
                        List.of("ask_owner")),
                new Case(
                        "rated",
                        1,
                        false,
                        CHAT,
                        "rate_limit_exceeded",
                        "rated:tokens/minute",
                        List.of(120L, USED, 0L, 110L),
                        List.of("wait", "reduce_max_tokens")),
                new Case(
                        "narrow",
                        1,
                        false,
                        CHAT,
                        "rate_limit_exceeded",
                        "narrow:tokens/hour@words-3",
                        List.of(120L, USED, 0L, 110L),
                        List.of("wait", "reduce_max_tokens", "use_model")),
                new Case(
                        "lonely",
                        0,
                        true,
                        CHAT,
                        "concurrency_exceeded",
                        "lonely:concurrent",
                        List.of(1L, 0L, 1L, 1L),
                        List.of("ask_owner")),
                new Case(
                        "exact",
                        1,
                        false,
                        CHAT,
                        "budget_exhausted",
                        "exact:cost/month",
                        List.of(3_000_000L, COST, 0L, 580_000L),
                        List.of("wait", "fix_request", "use_model")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theReceiptNamesWhatBindsAndEveryRemedyPasses(Case one) throws Exception {
        for (int i = 0; i < one.served; i++) {
            atlas.chat(headers(one), CHAT.model(one.chat.model())).expect(200);
        }
        try (AutoCloseable _ = one.held ? hanging(one.key()) : () -> {}) {
            Reply refused = atlas.chat(headers(one), one.chat);
            JsonNode receipt = atlas.get(one.key(), "/v1/decisions/" + refused.header("x-atlas-decision"))
                    .expect(200)
                    .json();

            assertBinds(one, refused, receipt);
            assertThat(refused.remedies()).isEqualTo(one.remedies);
            assertThat(step(receipt, "advise").path("remedies"))
                    .isEqualTo(refused.atlas().path("remedies"));
            for (JsonNode remedy : step(receipt, "advise").path("remedies").values()) {
                if (!remedy.path("kind").asString().equals("wait")) {
                    assertPasses(one, remedy);
                }
            }
            // Last, as what has leaked does not come back with the clock.
            Optional<JsonNode> wait = refused.remedy("wait");
            if (wait.isPresent()) {
                assertPasses(one, wait.orElseThrow());
            }
        }
    }

    @Test
    void aTierThatServesByAnotherModelIsLowerThanOneThatServesAsAsked() throws Exception {
        String key = "key-of-the-saving-one";
        atlas.chat(key, BRIEF).expect(200);
        Reply refused = atlas.chat(key, BRIEF).expect(429);

        assertThat(refused.remedy("upgrade_tier").orElseThrow().path("tier").asString())
                .isEqualTo("saver");
        Reply exact = atlas.chat(Map.of("authorization", "Bearer " + key, "x-atlas-no-downgrade", "true"), BRIEF)
                .expect(429);
        assertThat(exact.remedy("upgrade_tier").orElseThrow().path("tier").asString())
                .isEqualTo("rich");
    }

    private static Map<String, String> headers(Case one) {
        Map<String, String> headers = new HashMap<>(Map.of("authorization", "Bearer " + one.key()));
        if (one.tenant.equals("exact")) {
            headers.put("x-atlas-no-downgrade", "true");
        }
        return headers;
    }

    private static void assertBinds(Case one, Reply refused, JsonNode receipt) {
        assertThat(refused.code()).isEqualTo(one.reason);
        assertThat(receipt.path("outcome").asString()).isEqualTo("refused");
        assertThat(receipt.path("reason").asString()).isEqualTo(one.reason);
        JsonNode line = step(receipt, "refuse").path("limits").path(0);
        assertThat(line.path("id").asString()).isEqualTo(one.limit);
        assertThat(Stream.of("amount", "used_before", "held_before", "taken")
                        .map(field -> line.path(field).asLong()))
                .containsExactlyElementsOf(one.numbers);
        assertThat(line.path("reason").asString()).isEqualTo(one.reason);
    }

    private static JsonNode step(JsonNode receipt, String name) {
        return receipt.path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(receipt.toPrettyString()));
    }

    private void assertPasses(Case one, JsonNode remedy) throws Exception {
        Map<String, String> headers = headers(one);
        switch (remedy.path("kind").asString()) {
            case "wait" -> {
                Instant at = Instant.parse(remedy.path("at").asString());
                assertThat(Duration.between(clock.now(), at).toMillis())
                        .isEqualTo(remedy.path("retry_after_ms").asLong());
                clock.set(at.minusMillis(1));
                assertOutcome("refused", atlas.check(headers, one.chat));
                atlas.chat(headers, one.chat).expect(429);
                clock.set(at);
                assertOutcome("served", atlas.check(headers, one.chat));
                atlas.chat(headers, one.chat).expect(200);
            }
            case "reduce_max_tokens" -> {
                long most = remedy.path("max_tokens").asLong();
                assertOutcome("served", atlas.check(headers, one.chat.maxTokens(most)));
                assertOutcome("refused", atlas.check(headers, one.chat.maxTokens(most + 1)));
            }
            case "use_model" ->
                assertOutcome(
                        "served",
                        atlas.check(headers, one.chat.model(remedy.path("model").asString())));
            case "fix_request" -> {
                headers.remove(remedy.path("param").asString());
                assertOutcome("served", atlas.check(headers, one.chat));
            }
            case "upgrade_tier" -> {
                String tier = remedy.path("tier").asString();
                assertOutcome("refused", checkOn(one, tier.equals("pro") ? "plus" : "base"));
                assertOutcome("served", checkOn(one, tier));
                atlas.change(CONFIGURATION);
                awaitTier(one, tier.equals("pro") ? "free" : "base");
            }
            case "ask_owner" -> assertThat(one.remedies).hasSize(1);
            default -> throw new AssertionError(remedy.toPrettyString());
        }
    }

    private static void assertOutcome(String outcome, Reply check) {
        assertThat(check.expect(200).json().path("outcome").asString())
                .as(check.body())
                .isEqualTo(outcome);
    }

    /** The same request once its tenant is on that tier. */
    private Reply checkOn(Case one, String tier) throws Exception {
        String tenant = one.tenant + ": { tier: ";
        int start = CONFIGURATION.indexOf(tenant) + tenant.length();
        int end = CONFIGURATION.indexOf(',', start);
        atlas.change(CONFIGURATION.substring(0, start) + tier + CONFIGURATION.substring(end));
        return awaitTier(one, tier);
    }

    private Reply awaitTier(Case one, String tier) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Reply reply = atlas.check(headers(one), one.chat);
        while (!reply.json().path("caller").path("tier").asString().equals(tier)) {
            assertThat(System.nanoTime()).as(reply.body()).isLessThan(until);
            Thread.onSpinWait();
            reply = atlas.check(headers(one), one.chat);
        }
        return reply;
    }

    /** A request that the upstream has and will not answer. */
    private AutoCloseable hanging(String key) throws InterruptedException {
        AutoCloseable open = atlas.hanging(key, CHAT.model("hang").mark(key));
        oracle.journal().await(key, PATIENCE);
        return open;
    }
}
