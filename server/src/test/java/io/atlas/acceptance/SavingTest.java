package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of requests as a budget runs low. */
@Timeout(60)
class SavingTest {
    /** 43 words, which the upstream counts, and 8 that it says: 150,000 nano-USD of the large model. */
    private static final Chat CHAT = Chat.ofTokens("large", 50).maxTokens(60);

    private static final long LARGE = 150_000;
    private static final long SMALL = 15_000;

    /** What is held for one of the small model: 50 tokens in and 60 out. */
    private static final long SMALL_HELD = 58_000;

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle, model: words-8 } ]
                downgrade: medium
              medium:
                price: { input: "1 USD", output: "4 USD" }
                deployments: [ { backend: oracle, model: words-8 } ]
                limits: [ { requests: 1, per: month } ]
                downgrade: small
              small:
                price: { input: "0.2 USD", output: "0.8 USD" }
                deployments: [ { backend: oracle, model: words-8 } ]
            tiers:
              pro: { models: [ large, small ], whenLow: [ downgrade ] }
              wide: { models: [ "*" ], whenLow: [ downgrade ] }
              alone: { models: [ large ], whenLow: [ downgrade ] }
            tenants:
              walker: { tier: pro, limits: [ { cost: "0.003 USD", per: month } ], keys: { app: { secret: key-of-the-walker } } }
              strict: { tier: pro, limits: [ { cost: "0.003 USD", per: month } ], routing: { whenLow: [] }, keys: { app: { secret: key-of-the-strict } } }
              exact: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-exact-one } } }
              short: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], routing: { whenLow: [ clamp ] }, keys: { app: { secret: key-of-the-short-one } } }
              chained: { tier: wide, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-chained } } }
              lonely: { tier: alone, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-lonely-one } } }
              talker: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], routing: { whenLow: [ trim ] }, keys: { app: { secret: key-of-the-talker } } }
              counting: { tier: pro, limits: [ { tokens: 1k, per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-counting } } }
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

    @Test
    void aBudgetIsWalkedFromNothingToAllOfIt() throws Exception {
        String key = "key-of-the-walker";
        int large = 0;
        int small = 0;
        JsonNode before = budget(key);
        Reply reply = atlas.chat(key, CHAT);
        while (reply.status() == 200) {
            boolean low =
                    before.path("remaining").asLong() < before.path("low_water").asLong();
            assertThat(before.path("low").asBoolean()).isEqualTo(low);
            assertThat(reply.header("x-atlas-model")).isEqualTo(low ? "small" : "large");
            assertThat(reply.maybe("x-atlas-downgraded-from")).isEqualTo(low ? Optional.of("large") : Optional.empty());
            large += low ? 0 : 1;
            small += low ? 1 : 0;
            before = budget(key);
            reply = atlas.chat(key, CHAT);
        }

        assertThat(reply.expect(429).code()).isEqualTo("budget_exhausted");
        assertThat(before.path("remaining").asLong()).isLessThan(SMALL_HELD);
        assertThat(large).isEqualTo(17);
        assertThat(before.path("used").asLong()).isEqualTo(large * LARGE + small * SMALL);
        assertThat(charged("walker")).isEqualTo(large * LARGE + small * SMALL);
        assertThat(atlas.metric("atlas_downgrades_total{from=\"large\",tier=\"pro\",to=\"small\"}"))
                .isGreaterThanOrEqualTo(small);
    }

    @Test
    void whoSavesNothingIsServedAsHeAsksAndThenRefused() throws Exception {
        String key = "key-of-the-strict";
        Reply reply = atlas.chat(key, CHAT);
        while (reply.status() == 200) {
            assertThat(reply.header("x-atlas-model")).isEqualTo("large");
            reply = atlas.chat(key, CHAT);
        }

        assertThat(reply.expect(429).code()).isEqualTo("budget_exhausted");
        assertThat(reply.remedy("use_model").orElseThrow().path("model").asString())
                .isEqualTo("small");
        atlas.chat(key, CHAT.model("small")).expect(200);
    }

    @Test
    void whoWantsNoOtherModelIsRefusedAndWhatHeIsToldHelps() throws Exception {
        String key = "key-of-the-exact-one";
        atlas.chat(wishing(key, "true"), CHAT).expect(200);

        Reply refused = atlas.chat(wishing(key, "true"), CHAT).expect(429);

        assertThat(refused.code()).isEqualTo("budget_exhausted");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
        assertThat(refused.remedies()).containsExactly("wait", "fix_request", "use_model");
        assertThat(refused.remedy("fix_request").orElseThrow().path("param").asString())
                .isEqualTo("x-atlas-no-downgrade");
        atlas.chat(wishing(key, "true"), CHAT.model("small")).expect(200);
        assertThat(atlas.chat(wishing(key, "false"), CHAT).expect(200).header("x-atlas-downgraded-from"))
                .isEqualTo("large");
        assertThat(atlas.chat(wishing(key, "yes"), CHAT).expect(400).code()).isEqualTo("invalid_x_atlas_no_downgrade");
    }

    @Test
    void anAnswerIsShortenedAndItsCallerIsTold() throws Exception {
        String key = "key-of-the-short-one";
        assertThat(atlas.chat(key, CHAT).expect(200).maybe("x-atlas-max-tokens"))
                .isEmpty();

        Reply cut = atlas.chat(key, CHAT).expect(200);

        long most = Long.parseLong(cut.header("x-atlas-max-tokens"));
        assertThat(most).isBetween(16L, 59L);
        JsonNode step = step(key, cut, "clamp");
        assertThat(step.path("from_tokens").asLong()).isEqualTo(60);
        assertThat(step.path("to_tokens").asLong()).isEqualTo(most);
        assertThat(step.path("limit").asString()).isEqualTo("short:cost/month");
        assertThat(step.path("remaining").asLong()).isEqualTo(3_000_000 - LARGE);
        assertThat(step.path("low_water").asLong()).isEqualTo(3_000_000);
    }

    @Test
    void theOldestTurnsAreLeftOutAndTheCallerIsToldHowMuch() throws Exception {
        String key = "key-of-the-talker";
        atlas.chat(key, CHAT).expect(200);
        String old = String.join(" ", Collections.nCopies(40, "moon"));
        // A conversation is written into the one message that the harness has.
        String turns = "first\"},{\"role\":\"assistant\",\"content\":\"" + old
                + "\"},{\"role\":\"user\",\"content\":\"last question";

        Reply whole = atlas.chat(key, Chat.of("large", turns).maxTokens(60).mark("talk"))
                .expect(200);

        // Forty words and one, and four for each of two messages
        assertThat(whole.header("x-atlas-trimmed-tokens")).isEqualTo("49");
        JsonNode usage = decision(key, whole).path("usage");
        assertThat(usage.path("input_tokens").asLong()).isEqualTo(2);
        assertThat(step(key, whole, "trim").path("trimmed_tokens").asLong()).isEqualTo(49);
        assertThat(step(key, whole, "save").path("saved_nano_usd").asLong()).isEqualTo(49 * 2_000);
        assertThat(step(key, whole, "save").path("by").asString()).isEqualTo("trim");
    }

    @Test
    void theChainIsGoneNoFurtherThanNeededAndEachStepHasItsOwnLimits() throws Exception {
        String key = "key-of-the-chained";
        assertThat(atlas.chat(key, CHAT).header("x-atlas-model")).isEqualTo("large");
        Reply first = atlas.chat(key, CHAT).expect(200);
        Reply second = atlas.chat(key, CHAT).expect(200);

        assertThat(first.header("x-atlas-model")).isEqualTo("medium");
        assertThat(second.header("x-atlas-model")).isEqualTo("small");
        JsonNode step = step(key, second, "downgrade");
        assertThat(step.path("from").asString()).isEqualTo("large");
        assertThat(step.path("to").asString()).isEqualTo("small");
        assertThat(step(key, second, "save").path("saved_nano_usd").asLong()).isEqualTo(LARGE - SMALL);
        assertThat(decision(key, second).path("cost_nano_usd").asLong()).isEqualTo(SMALL);
        assertThat(decision(key, second).path("price").asString()).startsWith("small@");
        assertThat(atlas.metric("atlas_saved_usd_total{by=\"downgrade\",tier=\"wide\"}"))
                .isCloseTo((LARGE / 2.0 + LARGE - SMALL) / 1e9, within(1e-12));
    }

    @Test
    void noModelServesThatTheTierDoesNotHave() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(atlas.chat("key-of-the-lonely-one", CHAT).expect(200).header("x-atlas-model"))
                    .isEqualTo("large");
        }
    }

    @Test
    void aStreamOfAnotherModelSaysSoInItsHead() throws Exception {
        String key = "key-of-the-counting";
        assertThat(atlas.chat(key, CHAT.streamed()).expect(200).header("x-atlas-model"))
                .isEqualTo("large");
        assertThat(atlas.chat(key, CHAT.streamed()).expect(200).header("x-atlas-downgraded-from"))
                .isEqualTo("large");
    }

    private static Map<String, String> wishing(String key, String wish) {
        return Map.of("authorization", "Bearer " + key, "x-atlas-no-downgrade", wish);
    }

    private static JsonNode budget(String key) throws Exception {
        List<JsonNode> limits =
                List.copyOf(atlas.get(key, "/v1/quota").json().path("limits").values());
        assertThat(limits).hasSize(1);
        return limits.getFirst();
    }

    private static long charged(String tenant) throws Exception {
        return atlas.admin("/admin/v1/usage?by=tenant,model")
                .json()
                .path("rows")
                .valueStream()
                .filter(row -> row.path("tenant").asString().equals(tenant))
                .mapToLong(row -> row.path("cost_nano_usd").asLong())
                .sum();
    }

    private static JsonNode decision(String key, Reply reply) throws Exception {
        return atlas.get(key, "/v1/decisions/" + reply.header("x-request-id")).json();
    }

    private static JsonNode step(String key, Reply reply, String name) throws Exception {
        return decision(key, reply)
                .path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + name));
    }
}
