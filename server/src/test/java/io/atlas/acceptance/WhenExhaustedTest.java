package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A tier's own calendar limits are used up, and work goes on with a basic model. */
@Timeout(60)
class WhenExhaustedTest {
    /** 43 words, which the upstream counts, and 8 that it says; 110 tokens are held. */
    private static final Chat CHAT = Chat.ofTokens("large", 50).maxTokens(60);

    private static final long USED = 51;

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
            tiers:
              pro:
                models: [ large, small ]
                limits: [ { tokens: 200, per: month }, { requests: 100, per: month } ]
                whenExhausted: { models: [ small ], limits: [ { tokens: 150, per: month } ] }
              each:
                models: [ large, small ]
                limits: [ { tokens: 200, per: month, each: key } ]
                whenExhausted: { models: [ small ], limits: [ { tokens: 150, per: month } ] }
            tenants:
              worker: { tier: pro, keys: { app: { secret: key-of-the-worker } } }
              hard: { tier: pro, limits: [ { tokens: 200, per: month } ], keys: { app: { secret: key-of-the-hard-one } } }
              poor: { tier: pro, limits: [ { cost: "0.00035 USD", per: month, model: small } ], keys: { app: { secret: key-of-the-poor-one } } }
              single: { tier: each, keys: { app: { secret: key-of-the-single } } }
            """;

    @TempDir
    Path data;

    private final OracleUpstream oracle = OracleUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void aBasicModelServesOnTheLimitsGivenForThatAndThenNobody() throws Exception {
        String key = "key-of-the-worker";
        spend(key);

        Reply standIn = atlas.chat(key, CHAT).expect(200);

        assertThat(standIn.header("x-atlas-model")).isEqualTo("small");
        assertThat(standIn.header("x-atlas-downgraded-from")).isEqualTo("large");
        JsonNode steps = atlas.get(key, "/v1/decisions/" + standIn.header("x-request-id"))
                .json()
                .path("steps");
        JsonNode step = steps.valueStream()
                .filter(one -> one.path("step").asString().equals("stand_in"))
                .findFirst()
                .orElseThrow();
        assertThat(step.path("instead_of").valueStream().map(JsonNode::asString))
                .containsExactly("tokens/month");
        counted(key, "worker");
        assertThat(atlas.chat(key, CHAT).expect(429).code()).isEqualTo("quota_exhausted");
        counted(key, "worker");
    }

    @Test
    void whatWasCountedOnWhichLimitIsKnownAfterARestart() throws Exception {
        String key = "key-of-the-worker";
        String single = "key-of-the-single";
        spend(key);
        atlas.chat(key, CHAT).expect(200);
        spend(single);
        atlas.chat(single, CHAT).expect(200);
        atlas.close();

        start();

        counted(key, "worker");
        assertThat(used(key, "worker:requests/month")).isEqualTo(3);
        assertThat(used(single, "single/keys/app:tokens/month~key")).isEqualTo(2 * USED);
        assertThat(used(single, "single/whenExhausted:tokens/month")).isEqualTo(USED);
        atlas.chat(key, CHAT).expect(429);
    }

    @Test
    void aLimitOfTheTenantItselfIsHard() throws Exception {
        String key = "key-of-the-hard-one";
        spend(key);
        assertThat(atlas.chat(key, CHAT).expect(429).code()).isEqualTo("quota_exhausted");
    }

    @Test
    void otherLimitsOnTheWayStillBind() throws Exception {
        String key = "key-of-the-poor-one";
        atlas.chat(key, CHAT.model("small").maxTokens(8)).expect(200);
        spend(key, 1);
        Chat costly = CHAT.maxTokens(1_000);
        assertThat(atlas.chat(key, costly).status()).isIn(400, 429);
        assertThat(used(key, "poor/whenExhausted:tokens/month")).isZero();
    }

    @Test
    void whoWantsNoOtherModelIsRefused() throws Exception {
        String key = "key-of-the-worker";
        spend(key);
        Reply refused = atlas.chat(Map.of("authorization", "Bearer " + key, "x-atlas-no-downgrade", "true"), CHAT);
        assertThat(refused.expect(429).code()).isEqualTo("quota_exhausted");
    }

    /** Two requests, after which a third does not fit the tier's tokens. */
    private void spend(String key) throws Exception {
        spend(key, 2);
    }

    private void spend(String key, int requests) throws Exception {
        for (int i = 0; i < requests; i++) {
            assertThat(atlas.chat(key, CHAT).expect(200).header("x-atlas-model"))
                    .isEqualTo("large");
        }
    }

    private void counted(String key, String tenant) throws Exception {
        assertThat(used(key, tenant + ":tokens/month")).isEqualTo(2 * USED);
        assertThat(used(key, tenant + "/whenExhausted:tokens/month")).isEqualTo(USED);
    }

    private long used(String key, String id) throws Exception {
        return atlas.get(key, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no limit " + id))
                .path("used")
                .asLong();
    }
}
