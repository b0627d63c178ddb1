package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Quotas in tokens that weigh what they cost: a heavy model uses them up faster than a light one. */
@Timeout(60)
class CreditsTest {
    /** 43 words, which the upstream counts, and 8 that it says; 50 and 60 tokens are held. */
    private static final Chat CHAT = Chat.ofTokens("large", 50).maxTokens(60);

    /** In input tokens of the small model, whose output is four times as dear; the large one is ten times as dear. */
    private static final long SMALL = 43 + 4 * 8;

    private static final long LARGE = 10 * SMALL;
    private static final long SMALL_HELD = 50 + 4 * 60;

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            credits: { reference: small }
            models:
              large:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle, model: words-8 } ]
                downgrade: small
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
            tiers:
              pro: { models: [ "*" ], whenLow: [ downgrade ] }
            tenants:
              walker: { tier: pro, limits: [ { credits: 15k, per: month } ], keys: { app: { secret: key-of-the-walker } } }
              sprinter: { tier: pro, limits: [ { credits: 500, per: minute } ], keys: { app: { secret: key-of-the-sprinter } } }
            """;

    @TempDir
    Path data;

    private final OracleUpstream oracle = OracleUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = start(CONFIGURATION);
    }

    private RunningAtlas start(String configuration) {
        return RunningAtlas.start(
                data, configuration, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void aQuotaIsWalkedFromNothingToAllOfItAndTheLedgerHasTheSame() throws Exception {
        String key = "key-of-the-walker";
        long large = 0;
        long small = 0;
        JsonNode before = limit(key);
        Reply reply = atlas.chat(key, CHAT);
        while (reply.status() == 200) {
            boolean low =
                    before.path("remaining").asLong() < before.path("low_water").asLong();
            assertThat(reply.header("x-atlas-model")).isEqualTo(low ? "small" : "large");
            assertThat(atlas.get(key, "/v1/decisions/" + reply.header("x-request-id"))
                            .json()
                            .path("credits")
                            .asLong())
                    .isEqualTo(low ? SMALL : LARGE);
            large += low ? 0 : 1;
            small += low ? 1 : 0;
            before = limit(key);
            reply = atlas.chat(key, CHAT);
        }

        assertThat(reply.expect(429).code()).isEqualTo("quota_exhausted");
        JsonNode refusing = reply.atlas().path("limits").get(0);
        assertThat(refusing.path("id").asString()).isEqualTo("walker:credits/month");
        assertThat(refusing.path("kind").asString()).isEqualTo("credits");
        assertThat(refusing.path("unit").asString()).isEqualTo("credits");
        long used = large * LARGE + small * SMALL;
        assertThat(large).isEqualTo(17);
        assertThat(before.path("unit").asString()).isEqualTo("credits");
        assertThat(before.path("used").asLong()).isEqualTo(used);
        assertThat(before.path("remaining").asLong()).isBetween(0L, SMALL_HELD - 1);
        assertThat(charged()).isEqualTo(used);
    }

    @Test
    void whatWasWeighedOnceKeepsItsWeightWhenPricesAndTheReferenceChange() throws Exception {
        String key = "key-of-the-walker";
        atlas.chat(key, CHAT).expect(200);
        atlas.chat(key, CHAT.model("small")).expect(200);
        atlas.close();

        atlas = start(
                CONFIGURATION.replace("reference: small", "reference: large").replace("0.2 USD", "0.4 USD"));

        assertThat(limit(key).path("used").asLong()).isEqualTo(LARGE + SMALL);
        atlas.chat(key, CHAT).expect(200);
        assertThat(limit(key).path("used").asLong()).isEqualTo(LARGE + SMALL + SMALL);
    }

    @Test
    void aRateInCreditsIsToldInNoHeaderOfTokensAndARefusalNamesWhatFits() throws Exception {
        String key = "key-of-the-sprinter";

        Reply tooLarge = atlas.chat(key, CHAT).expect(400);
        assertThat(tooLarge.code()).isEqualTo("request_exceeds_limit");
        assertThat(tooLarge.atlas().path("requested").asLong()).isEqualTo(10 * SMALL_HELD);
        assertThat(tooLarge.remedy("use_model").orElseThrow().path("model").asString())
                .isEqualTo("small");

        Reply served = atlas.chat(key, CHAT.model("small")).expect(200);
        assertThat(served.maybe("x-ratelimit-remaining-tokens")).isEmpty();
        assertThat(served.maybe("ratelimit")).isEmpty();

        Reply tooLong = atlas.chat(key, CHAT.model("small").maxTokens(500)).expect(400);
        long most = tooLong.remedy("reduce_max_tokens")
                .orElseThrow()
                .path("max_tokens")
                .asLong();
        // 43 words and the template's tokens leave more than 450 credits, of which an output token takes four.
        assertThat(most).isBetween(60L, 125L);
        assertThat(List.of(200, 429))
                .contains(atlas.chat(key, CHAT.model("small").maxTokens(most)).status());
    }

    private JsonNode limit(String key) throws Exception {
        List<JsonNode> limits =
                List.copyOf(atlas.get(key, "/v1/quota").json().path("limits").values());
        assertThat(limits).hasSize(1);
        return limits.getFirst();
    }

    private long charged() throws Exception {
        return atlas.admin("/admin/v1/usage?by=tenant")
                .json()
                .path("total")
                .path("credits")
                .asLong();
    }
}
