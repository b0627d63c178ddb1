package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A remedy is true: followed, the request passes. */
@Timeout(60)
class RemediesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** 43 words, which the upstream counts; 50 tokens are held for them. {@code words-3} answers by 3 words. */
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(60);

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              brief: { maxOutput: 100, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              tight: { context: 100, price: { input: "1 USD", output: "6 USD" }, deployments: [ { backend: oracle } ] }
              cheap: { price: { input: "1 USD", output: "4 USD" }, deployments: [ { backend: oracle } ] }
              expert: { price: { input: "1 USD", output: "4 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              one: { models: [ words-3, hang ] }
              two: { models: [ words-3, cheap, tight ] }
              brief: { models: [ brief, cheap ] }
              free: { priority: 1, models: [ words-3 ], limits: [ { tokens: 120, per: day } ] }
              plus: { priority: 5, models: [ words-3 ], limits: [ { tokens: 130, per: day }, { concurrent: 8 } ] }
              pro:
                priority: 10
                models: [ words-3, expert ]
                limits: [ { tokens: 1k, per: day }, { tokens: 500, per: minute }, { concurrent: 8 } ]
              hourly: { priority: 1, models: [ words-3 ], limits: [ { requests: 1, per: hour } ] }
              weekly: { priority: 2, models: [ words-3 ], limits: [ { requests: 10, per: hour }, { tokens: 1M, per: week } ] }
            tenants:
              seconds: { tier: one, limits: [ { requests: 1, per: second } ], keys: { app: { secret: key-of-the-seconds } } }
              minutes: { tier: one, limits: [ { requests: 2, per: second }, { tokens: 6000, per: minute, burst: 120 } ], keys: { app: { secret: key-of-the-minutes } } }
              days: { tier: one, limits: [ { requests: 1, per: day } ], keys: { app: { secret: key-of-the-days-one } } }
              capped: { tier: one, limits: [ { tokens: 150, per: day } ], keys: { app: { secret: key-of-the-capped } } }
              poor: { tier: one, limits: [ { cost: "0.0008 USD", per: day } ], keys: { app: { secret: key-of-the-poor-one } } }
              large: { tier: one, limits: [ { tokens: 150, per: day } ], keys: { app: { secret: key-of-the-large-one } } }
              open: { tier: one, limits: [ { tokens: 150, per: day } ], keys: { app: { secret: key-of-the-open-one } } }
              narrow: { tier: two, limits: [ { tokens: 120, per: day, model: words-3 }, { tokens: 1k, per: day } ], keys: { app: { secret: key-of-the-narrow } } }
              clamped: { tier: brief, limits: [ { tokens: 160, per: day, model: brief }, { tokens: 1k, per: day } ], keys: { app: { secret: key-of-the-clamped } } }
              on-free: { tier: free, keys: { app: { secret: the-key-of-on-free } } }
              on-plus: { tier: plus, keys: { app: { secret: the-key-of-on-plus } } }
              on-pro: { tier: pro, keys: { app: { secret: the-key-of-on-pro } } }
              own: { tier: free, limits: [ { tokens: 120, per: day } ], keys: { app: { secret: the-key-of-my-own } } }
              on-hourly: { tier: hourly, keys: { app: { secret: the-key-of-on-hourly } } }
              lonely: { tier: one, limits: [ { concurrent: 1 } ], keys: { app: { secret: key-of-the-lonely-one } } }
              both: { tier: one, limits: [ { requests: 1, per: day }, { requests: 1, per: minute } ], keys: { app: { secret: key-of-both-limits } } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterAll
    static void stop() {
        atlas.close();
        oracle.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-of-the-seconds", "key-of-the-minutes"})
    void whoWaitsIsServedAndWhoDoesNotIsRefused(String key) throws Exception {
        atlas.chat(key, CHAT).expect(200);
        Reply refused = atlas.chat(key, CHAT).expect(429);
        long waitMillis = refused.atlas().path("retry_after_ms").asLong();
        JsonNode wait = refused.remedy("wait").orElseThrow();
        assertThat(wait.path("retry_after_ms").asLong()).isEqualTo(waitMillis).isBetween(100L, 1_000L);
        assertThat(refused.header("retry-after-ms")).isEqualTo(Long.toString(waitMillis));

        CompletableFuture<Void> half = after(waitMillis / 2);
        CompletableFuture<Void> whole = after(waitMillis);
        half.join();
        Reply early = atlas.chat(key, CHAT);
        whole.join();

        early.expect(429);
        assertThat(Instant.now()).isAfter(Instant.parse(wait.path("at").asString()));
        atlas.chat(key, CHAT).expect(200);
    }

    @Test
    void theWaitForACalendarLimitIsTheEndOfItsWindow() throws Exception {
        String key = "key-of-the-days-one";
        atlas.chat(key, CHAT).expect(200);
        Reply refused = atlas.chat(key, CHAT).expect(429);

        Instant midnight = LocalDate.now(ZoneOffset.UTC)
                .plusDays(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        JsonNode wait = refused.remedy("wait").orElseThrow();
        assertThat(Instant.parse(wait.path("at").asString())).isEqualTo(midnight);
        assertThat(Instant.parse(refused.atlas().path("resets_at").asString())).isEqualTo(midnight);
        assertThat(refused.maybe("retry-after")).isEmpty();
    }

    @Test
    void whatIsLeftForTheOutputIsToldToTheToken() throws Exception {
        String key = "key-of-the-capped";
        atlas.chat(key, CHAT).expect(200);
        Reply refused = atlas.chat(key, CHAT).expect(429);

        // 150 a day, 46 of them used, 50 for the input
        long most = refused.remedy("reduce_max_tokens")
                .orElseThrow()
                .path("max_tokens")
                .asLong();
        assertThat(most).isEqualTo(150 - 46 - 50);
        atlas.chat(key, CHAT.maxTokens(most + 1)).expect(429);
        atlas.chat(key, CHAT.maxTokens(most)).expect(200);
    }

    @Test
    void whatTheBudgetPaysForIsToldToTheToken() throws Exception {
        String key = "key-of-the-poor-one";
        atlas.chat(key, CHAT).expect(200);
        Reply refused = atlas.chat(key, CHAT.maxTokens(80)).expect(429);

        // 800,000 nano-USD less 43 x 2,000 and 3 x 8,000 used, less 50 x 2,000 for the input, at 8,000 each
        long most = refused.remedy("reduce_max_tokens")
                .orElseThrow()
                .path("max_tokens")
                .asLong();
        assertThat(most).isEqualTo((800_000 - 110_000 - 100_000) / 8_000);
        atlas.chat(key, CHAT.maxTokens(most + 1)).expect(429);
        atlas.chat(key, CHAT.maxTokens(most)).expect(200);
    }

    @Test
    void whatCanNeverFitMayFitWithAShorterAnswer() throws Exception {
        String key = "key-of-the-large-one";
        Reply refused = atlas.chat(key, CHAT.maxTokens(200).with("\"n\":2")).expect(400);

        // 150 - 50, for two choices
        long most = refused.remedy("reduce_max_tokens")
                .orElseThrow()
                .path("max_tokens")
                .asLong();
        assertThat(most).isEqualTo(50);
        assertThat(refused.remedy("wait")).isEmpty();
        atlas.chat(key, CHAT.maxTokens(most).with("\"n\":2")).expect(200);
    }

    @Test
    void whoNamesNoBoundIsRefusedOnlyIfTheLeastDoesNotFit() throws Exception {
        String key = "key-of-the-open-one";
        Chat open = Chat.ofTokens("words-3", 50);
        atlas.chat(key, open).expect(200);
        atlas.chat(key, open).expect(200);
        Reply refused = atlas.chat(key, open).expect(429);

        // What is left is 150 - 2 x 46 = 58, and the least is 50 + 16: not now, but after the reset.
        assertThat(refused.code()).isEqualTo("quota_exhausted");
        assertThat(refused.atlas().path("requested").asLong()).isEqualTo(66);
        assertThat(refused.remedies()).containsExactly("wait");
    }

    @Test
    void anotherModelServesWhatThisOneMayNot() throws Exception {
        String key = "key-of-the-narrow";
        atlas.chat(key, CHAT).expect(200);
        Reply refused = atlas.chat(key, CHAT).expect(429);

        String other = refused.remedy("use_model").orElseThrow().path("model").asString();
        assertThat(other).as("the other has too small a context").isEqualTo("cheap");
        atlas.chat(key, CHAT.model(other)).expect(200);
    }

    @Test
    void anotherModelIsNoRemedyForWhatOnlyTheFirstWouldHaveClamped() throws Exception {
        String key = "key-of-the-clamped";
        Chat chat = Chat.ofTokens("brief", 50).maxTokens(5_000);
        atlas.chat(key, chat).expect(200);
        Reply refused = atlas.chat(key, chat).expect(429);

        // The first model clamps 5,000 to 100; the other does not, and 5,050 never fit 1,000 a day.
        assertThat(refused.remedy("use_model")).isEmpty();
        atlas.chat(key, chat.model("cheap")).expect(400);
    }

    @Test
    void theLowestTierThatServesItIsNamed() throws Exception {
        atlas.chat("the-key-of-on-free", CHAT).expect(200);
        atlas.chat("the-key-of-on-plus", CHAT).expect(200);
        atlas.chat("the-key-of-on-pro", CHAT).expect(200);
        Reply refused = atlas.chat("the-key-of-on-free", CHAT).expect(429);

        assertThat(refused.remedy("upgrade_tier").orElseThrow().path("tier").asString())
                .isEqualTo("pro");
        atlas.chat("the-key-of-on-plus", CHAT).expect(429);
        atlas.chat("the-key-of-on-pro", CHAT).expect(200);
    }

    @Test
    void noTierHelpsAgainstALimitOfOnesOwn() throws Exception {
        atlas.chat("the-key-of-my-own", CHAT).expect(200);

        assertThat(atlas.chat("the-key-of-my-own", CHAT).expect(429).remedies())
                .containsExactly("wait", "reduce_max_tokens");
    }

    @Test
    void aTierWithALimitThatNobodyCountedIsNotPromised() throws Exception {
        atlas.chat("the-key-of-on-hourly", CHAT).expect(200);

        Reply refused = atlas.chat("the-key-of-on-hourly", CHAT).expect(429);

        assertThat(refused.remedies()).containsExactly("wait");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void whereNothingHelpsTheOwnerIsAsked() throws Exception {
        String key = "key-of-the-lonely-one";
        try (AutoCloseable _ = hanging(key)) {
            assertThat(atlas.chat(key, CHAT).expect(429).remedies()).containsExactly("ask_owner");
        }
        assertThat(atlas.chat(
                                "key-of-the-large-one",
                                Chat.ofTokens("words-3", 200).maxTokens(1))
                        .expect(400)
                        .remedies())
                .containsExactly("ask_owner");
    }

    @Test
    void theWaitIsTheLongestOfAllThatRefuse() throws Exception {
        String key = "key-of-both-limits";
        try (AutoCloseable _ = hanging(key)) {
            Reply refused = atlas.chat(key, CHAT).expect(429);

            assertThat(refused.code()).isEqualTo("quota_reserved");
            assertThat(refused.atlas().path("limits").size()).isEqualTo(2);
            assertThat(refused.atlas().path("retry_after_ms").asLong()).isBetween(50_000L, 60_000L);
            assertThat(Long.parseLong(refused.header("retry-after-ms"))).isBetween(50_000L, 60_000L);
        }
    }

    @Test
    void aModelOutsideTheTierIsReachedByAnotherTierOrReplaced() throws Exception {
        Reply refused = atlas.chat("the-key-of-on-plus", CHAT.model("expert").maxTokens(20))
                .expect(403);

        assertThat(refused.remedy("upgrade_tier").orElseThrow().path("tier").asString())
                .isEqualTo("pro");
        atlas.chat("the-key-of-on-pro", CHAT.model("expert").maxTokens(20)).expect(200);
        assertThat(atlas.chat("key-of-the-seconds", CHAT.model("unheard-of"))
                        .expect(404)
                        .remedy("fix_request")
                        .orElseThrow()
                        .path("param")
                        .asString())
                .isEqualTo("model");
    }

    private static CompletableFuture<Void> after(long millis) {
        Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
        return CompletableFuture.runAsync(() -> {}, later);
    }

    /** A request that the upstream has and will not answer. */
    private static AutoCloseable hanging(String key) throws InterruptedException {
        AutoCloseable open = atlas.hanging(key, CHAT.model("hang").mark(key));
        oracle.journal().await(key, PATIENCE);
        return open;
    }
}
