package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A tenant with 500 tokens a day: what can never fit is refused for good, and what fits once is served once. */
@Timeout(60)
class StressExerciseTest {
    private static final String KEY = "stress-exercise-key";
    private static final String TOKENS_PER_DAY = "tiny:tokens/day";
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              echo:
                price: { input: "2.00 USD", output: "8.00 USD" }
                deployments: [ { backend: oracle } ]
            tiers:
              free: { models: [ echo ] }
            tenants:
              tiny:
                tier: free
                limits: [ { tokens: 500, per: day } ]
                keys: { app: { secret: stress-exercise-key } }
            """;

    private final OracleUpstream oracle = OracleUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start(@TempDir Path data) {
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void aRequestOfSixHundredTokensReachesNoBackend() throws Exception {
        Reply reply = atlas.chat(KEY, Chat.ofTokens("echo", 550).maxTokens(50)).expect(400);

        assertThat(reply.code()).isEqualTo("request_exceeds_limit");
        assertThat(reply.header("x-should-retry")).isEqualTo("false");
        assertThat(reply.maybe("retry-after")).isEmpty();
        assertThat(reply.atlas().path("requested").asLong()).isEqualTo(600);
        assertThat(reply.atlas().path("limit").path("id").asString()).isEqualTo(TOKENS_PER_DAY);
        assertThat(reply.atlas().path("limit").path("amount").asLong()).isEqualTo(500);
        assertThat(oracle.journal().all()).isEmpty();
        assertThat(tokensOfToday().path("used").asLong()).isZero();
    }

    @Test
    void ofTwoRequestsOfThreeHundredTokensOneIsServed() throws Exception {
        Chat chat = Chat.ofTokens("echo", 280).maxTokens(20);

        atlas.chat(KEY, chat).expect(200);
        Reply second = atlas.chat(KEY, chat).expect(429);

        assertThat(second.code()).isEqualTo("quota_exhausted");
        assertThat(second.json().path("error").path("type").asString()).isEqualTo("insufficient_quota");
        assertThat(second.header("x-should-retry")).isEqualTo("false");
        assertThat(second.atlas().path("requested").asLong()).isEqualTo(300);
        assertThat(oracle.journal().all()).hasSize(1);
        // The upstream counts the 273 words of the prompt, and repeats 20 of them.
        assertThat(tokensOfToday().path("used").asLong()).isEqualTo(273 + 20);
        assertThat(tokensOfToday().path("held").asLong()).isZero();
    }

    @Test
    void whatWasRefusedIsPriced() throws Exception {
        atlas.chat(KEY, Chat.ofTokens("echo", 550).maxTokens(50)).expect(400);
        atlas.chat(KEY, Chat.ofTokens("echo", 280).maxTokens(20)).expect(200);
        atlas.chat(KEY, Chat.ofTokens("echo", 280).maxTokens(20)).expect(429);

        // 550 x 2.00 USD / 1,000,000 = 0.001100 USD, 50 x 8.00 USD / 1,000,000 = 0.000400 USD
        assertThat(refusedCostUsd("request_exceeds_limit")).isCloseTo(0.001500, within(1e-12));
        // 280 x 2.00 USD / 1,000,000 = 0.000560 USD, 20 x 8.00 USD / 1,000,000 = 0.000160 USD
        assertThat(refusedCostUsd("quota_exhausted")).isCloseTo(0.000720, within(1e-12));
        // 273 x 2.00 USD / 1,000,000 = 0.000546 USD, 20 x 8.00 USD / 1,000,000 = 0.000160 USD
        assertThat(atlas.metric("atlas_cost_usd_total{model=\"echo\",tenant=\"tiny\",tier=\"free\"}"))
                .isCloseTo(0.000706, within(1e-12));
    }

    private double refusedCostUsd(String reason) throws Exception {
        return atlas.metric("atlas_refused_cost_usd_total{reason=\"" + reason + "\",tier=\"free\"}");
    }

    private JsonNode tokensOfToday() throws Exception {
        return atlas.get(KEY, "/v1/quota")
                .expect(200)
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString().equals(TOKENS_PER_DAY))
                .findFirst()
                .orElseThrow();
    }
}
