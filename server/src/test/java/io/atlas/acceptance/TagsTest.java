package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.exchange.TagSets;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What callers say that their requests are for, and what that cost. */
@Timeout(60)
class TagsTest {
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              open: { models: [ echo ] }
            tenants:
              acme: { tier: open, keys: { app: { secret: key-of-acme-the-first } } }
              wild: { tier: open, limits: [ { requests: 1, per: month } ], keys: { app: { secret: key-of-the-wild-one } } }
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
    void costIsAttributedByTagsInTheReceiptAndInUsage() throws Exception {
        Reply search = chat("key-of-acme-the-first", "feature=search,env=prod").expect(200);
        chat("key-of-acme-the-first", "env=prod, feature=search").expect(200);
        chat("key-of-acme-the-first", "feature=ads").expect(200);
        atlas.chat("key-of-acme-the-first", Chat.of("echo", "two words")).expect(200);

        JsonNode receipt = atlas.get("key-of-acme-the-first", "/v1/decisions/" + search.header("x-atlas-decision"))
                .expect(200)
                .json();
        assertThat(receipt.path("asked").path("tags").toString())
                .isEqualTo("{\"env\":\"prod\",\"feature\":\"search\"}");

        JsonNode usage =
                atlas.admin("/admin/v1/usage?by=tenant,tag:feature").expect(200).json();
        Map<String, Long> costs = new HashMap<>();
        for (JsonNode row : usage.path("rows").values()) {
            if (row.path("tenant").asString().equals("acme")) {
                costs.put(
                        row.path("tag:feature").toString(),
                        row.path("cost_nano_usd").asLong());
            }
        }
        long one = receipt.path("cost_nano_usd").asLong();
        assertThat(one).isPositive();
        assertThat(costs).isEqualTo(Map.of("\"search\"", 2 * one, "\"ads\"", one, "null", one));
        assertThat(atlas.admin("/admin/v1/usage?by=tag:Feature").status()).isEqualTo(400);
    }

    @Test
    void tagsThatCannotBeKeptAreRefusedAndNotIgnored() throws Exception {
        Reply refused = chat("key-of-acme-the-first", "feature").expect(400);
        assertThat(refused.code()).isEqualTo("invalid_x_atlas_tags");
        assertThat(refused.json().path("error").path("message").asString()).contains("NAME=VALUE", "at most 8");
    }

    @Test
    void aTagThatDiffersWithEveryRequestIsRefusedAtLast() throws Exception {
        String key = "key-of-the-wild-one";
        for (int i = 0; i < TagSets.MOST; i++) {
            assertThat(chat(key, "request=" + i).code()).isNotEqualTo("invalid_x_atlas_tags");
        }
        assertThat(chat(key, "request=more").expect(400).code()).isEqualTo("invalid_x_atlas_tags");
        assertThat(chat(key, "request=7").expect(429).status()).isEqualTo(429);
        chat("key-of-acme-the-first", "request=more").expect(200);
    }

    private static Reply chat(String key, String tags) throws Exception {
        return atlas.chat(Map.of("authorization", "Bearer " + key, "x-atlas-tags", tags), Chat.of("echo", "two words"));
    }
}
