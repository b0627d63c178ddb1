package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A limit in shadow counts, says what it would have refused, and refuses nothing. */
@Timeout(60)
class ShadowTest {
    /** 43 words, which the upstream counts, and 8 that it says; 110 tokens are held. */
    private static final Chat CHAT = Chat.ofTokens("large", 50).maxTokens(60);

    private static final long USED = 51;

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle, model: words-8 } ], downgrade: small }
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
            tiers:
              pro: { models: [ large, small ], whenLow: [ downgrade ], limits: [ { tokens: 10, per: week } ] }
            tenants:
              tried:
                tier: pro
                limits: [ { tokens: 120, per: day, mode: shadow }, { tokens: 1k, per: week }, { requests: 1, per: month, mode: shadow, each: key } ]
                keys: { app: { secret: key-of-the-tried-one } }
              replaced: { tier: pro, limits: [ { tokens: 10, per: week, mode: shadow } ], keys: { app: { secret: key-of-the-replaced } } }
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
    void whatItWouldHaveRefusedIsServedAndReported() throws Exception {
        String key = "key-of-the-tried-one";
        Reply first = atlas.chat(key, CHAT).expect(200);
        JsonNode foretold = atlas.check(key, CHAT).expect(200).json();
        Reply second = atlas.chat(key, CHAT).expect(200);

        assertThat(List.of(first, second)).allSatisfy(reply -> {
            assertThat(reply.header("x-atlas-model"))
                    .as("nothing is saved for it")
                    .isEqualTo("large");
            assertThat(reply.header("ratelimit")).doesNotContain("tokens/day", "requests/month");
        });
        assertThat(steps(receipt(key, first))).doesNotContain("shadow");
        JsonNode receipt = receipt(key, second);
        assertThat(steps(receipt)).containsExactly("estimate", "reserve", "shadow", "attempt", "settle");
        assertThat(steps(foretold)).containsExactly("estimate", "reserve", "shadow");
        JsonNode limits = receipt.path("steps").path(2).path("limits");
        assertThat(limits.valueStream()
                        .map(limit -> limit.path("id").asString() + " "
                                + limit.path("used_before").asLong() + " "
                                + limit.path("taken").asLong() + " "
                                + limit.path("reason").asString()))
                .containsExactly(
                        "tried:tokens/day 51 110 quota_exhausted",
                        "tried/keys/app:requests/month~key 1 1 quota_exhausted");
        assertThat(atlas.metric("atlas_shadow_refusals_total{limit=\"tokens/day\",tenant=\"tried\"}"))
                .isEqualTo(1);
        assertThat(atlas.metric("atlas_shadow_refusals_total{limit=\"requests/month~key\",tenant=\"tried\"}"))
                .isEqualTo(1);

        JsonNode day = limit(key, "tried:tokens/day");
        assertThat(day.path("mode").asString()).isEqualTo("shadow");
        assertThat(day.path("used").asLong()).isEqualTo(2 * USED);
        atlas.chat(key, CHAT).expect(200);
        JsonNode beyond = limit(key, "tried:tokens/day");
        assertThat(beyond.path("used").asLong()).isEqualTo(3 * USED);
        assertThat(beyond.path("remaining").asLong()).isZero();
        assertThat(beyond.path("debt").asLong()).isZero();
        assertThat(limit(key, "tried:tokens/week").path("mode").asString()).isEqualTo("enforced");
    }

    @Test
    void aTenantsOwnInShadowReplacesItsTiers() throws Exception {
        String key = "key-of-the-replaced";

        atlas.chat(key, CHAT).expect(200);

        assertThat(limit(key, "replaced:tokens/week").path("used").asLong()).isEqualTo(USED);
    }

    private static JsonNode receipt(String key, Reply reply) throws Exception {
        return atlas.get(key, "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json();
    }

    private static List<String> steps(JsonNode story) {
        return story.path("steps")
                .valueStream()
                .map(step -> step.path("step").asString())
                .toList();
    }

    private static JsonNode limit(String key, String id) throws Exception {
        return atlas.get(key, "/v1/quota")
                .expect(200)
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
