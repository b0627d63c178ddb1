package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a tenant is asked to pay, and what it was for. */
@Timeout(60)
class BillTest {
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle, model: words-8 } ], downgrade: small }
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
            tiers:
              open: { models: [ "*" ], whenLow: [ downgrade ] }
            tenants:
              acme:
                tier: open
                zone: Asia/Kathmandu
                limits: [ { cost: "1 USD", per: month, lowWater: 100% }, { requests: 2, per: year, model: small } ]
                keys: { app: { secret: key-of-acme-itself-01 } }
                teams: { search: { keys: { ci: { secret: key-of-acme-search-1 } } } }
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
    void everyLineLeadsToItsRequestsAndWhatWasSavedIsSaid() throws Exception {
        atlas.chat("key-of-acme-search-1", Chat.ofTokens("large", 50).maxTokens(60))
                .expect(200);
        atlas.chat("key-of-acme-search-1", Chat.ofTokens("large", 50).maxTokens(60))
                .expect(200);
        atlas.chat("key-of-acme-itself-01", Chat.ofTokens("small", 50).maxTokens(60))
                .expect(200);
        atlas.chat("key-of-acme-itself-01", Chat.ofTokens("small", 50).maxTokens(60))
                .expect(429);
        atlas.chat("key-of-acme-itself-01", Chat.ofTokens("no-such-model", 50)).expect(404);

        String year =
                Integer.toString(LocalDate.now(ZoneId.of("Asia/Kathmandu")).getYear());
        JsonNode bill = atlas.admin("/admin/v1/bill?tenant=acme&period=" + year)
                .expect(200)
                .json();
        assertThat(bill.path("zone").asString()).isEqualTo("Asia/Kathmandu");
        assertThat(bill.path("over").asBoolean()).isFalse();
        assertThat(bill.path("lines").size())
                .as("of the team two models; of no team one, and none")
                .isEqualTo(4);
        long cost = 0;
        for (JsonNode line : bill.path("lines").values()) {
            JsonNode rows = atlas.admin(line.path("decisions").asString())
                    .expect(200)
                    .json()
                    .path("rows");
            assertThat(rows.size())
                    .as(line.toString())
                    .isEqualTo(
                            line.path("requests").asInt() + line.path("refused").asInt())
                    .isPositive();
            assertThat(sum(rows, "cost_nano_usd"))
                    .isEqualTo(line.path("cost_nano_usd").asLong());
            assertThat(sum(rows, "refused_cost_nano_usd"))
                    .isEqualTo(line.path("refused_cost_nano_usd").asLong());
            cost += line.path("cost_nano_usd").asLong();
        }
        JsonNode total = bill.path("total");
        assertThat(cost).isPositive().isEqualTo(total.path("cost_nano_usd").asLong());
        assertThat(total.path("saved_by_downgrade_nano_usd").asLong())
                .as("one answer of 43 and 8 tokens, at a tenth of the asked price")
                .isEqualTo(135_000);
        assertThat(total.path("refused_cost_nano_usd").asLong()).isPositive();

        Reply focus = atlas.admin("/admin/v1/bill?tenant=acme&format=focus&issuer=IT&period=" + year)
                .expect(200);
        assertThat(focus.header("content-type")).startsWith("text/csv");
        assertThat(focus.body()).hasLineCount(4).contains("acme/search", ",IT,");
    }

    @Test
    void whatCannotBeBilledIsSaid() throws Exception {
        Reply wrong =
                atlas.admin("/admin/v1/bill?period=2026-13&by=week&zone=UTC").expect(400);
        assertThat(wrong.json().path("detail").asString())
                .contains("tenant: missing", "period: 2026-13", "by: week", "zone: unknown parameter");
        assertThat(atlas.admin("/admin/v1/bill?tenant=nobody&period=2026-11").status())
                .isEqualTo(404);
        assertThat(atlas.admin("/admin/v1/bill?tenant=acme&period=2026-11&scope=all")
                        .status())
                .isEqualTo(400);
    }

    private static long sum(JsonNode rows, String field) {
        return rows.values().stream().mapToLong(row -> row.path(field).asLong()).sum();
    }
}
