package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is foretold of a budget, and what is done about it before it runs low. */
@Timeout(60)
class ForecastTest {
    /** 43 words in and 8 out: 150,000 nano-USD of the large model. */
    private static final Chat CHAT = Chat.ofTokens("large", 50).maxTokens(60);

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle, model: words-8 } ], downgrade: small }
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
            tiers:
              pro: { models: [ "*" ], whenLow: [ downgrade ] }
            tenants:
              hasty: { tier: pro, zone: "${zone}", limits: [ { cost: "0.01 USD", per: day, lowWater: auto }, { requests: 1k, per: minute } ], keys: { app: { secret: key-of-the-hasty-one } } }
              calm: { tier: pro, zone: "${zone}", limits: [ { cost: "1000 USD", per: day, lowWater: auto } ], keys: { app: { secret: key-of-the-calm-one-1 } } }
              late: { tier: pro, zone: "${zone}", limits: [ { cost: "0.01 USD", per: day } ], keys: { app: { secret: key-of-the-late-one-1 } } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString(), "zone", whereItIsMorning()));
    }

    @AfterAll
    static void stop() {
        atlas.close();
        oracle.close();
    }

    /** Where it is six o'clock: most of the day is to come. The names of these zones have the sign of their maps. */
    private static String whereItIsMorning() {
        int hours =
                Math.floorMod(6 + 12 - Instant.now().atOffset(ZoneOffset.UTC).getHour(), 24) - 12;
        return "Etc/GMT" + (hours > 0 ? "-" + hours : "+" + -hours);
    }

    @Test
    void savingBeginsWhereThePaceWouldExhaustTheBudgetBeforeItsReset() throws Exception {
        int large = 0;
        while (atlas.chat("key-of-the-hasty-one", CHAT)
                .expect(200)
                .header("x-atlas-model")
                .equals("large")) {
            large++;
        }
        assertThat(large).as("of 66 for which there is money").isBetween(2, 12);

        JsonNode limit = limit("key-of-the-hasty-one", "hasty:cost/day");
        assertThat(limit.path("low").asBoolean()).isTrue();
        assertThat(limit.path("remaining").asLong())
                .isGreaterThan(limit.path("amount").asLong() / 2)
                .isLessThan(limit.path("low_water").asLong());
        assertThat(limit.path("burn_per_hour").asLong()).isPositive();
        assertThat(Instant.parse(limit.path("exhausted_at").asString()))
                .isAfter(Instant.now())
                .isBefore(Instant.parse(limit.path("resets_at").asString()));
        assertThat(limit("key-of-the-hasty-one", "hasty:requests/minute")
                        .path("burn_per_hour")
                        .isNull())
                .isTrue();
        JsonNode spend =
                atlas.admin("/admin/v1/spend?limit=hasty:cost/day").expect(200).json();
        assertThat(spend.path("parts").values().stream()
                        .mapToLong(part -> part.path("spent").asLong())
                        .sum())
                .isEqualTo(limit.path("used").asLong());
        assertThat(spend.path("parts").size()).as("hours of the morning").isBetween(6, 8);
        assertThat(atlas.admin("/admin/v1/spend?limit=hasty:requests/minute").status())
                .isEqualTo(400);
        assertThat(atlas.admin("/admin/v1/spend?limit=hasty:cost/week").status())
                .isEqualTo(404);
        assertThat(atlas.admin("/admin/v1/quota?tenant=hasty").expect(200).body())
                .contains("\"exhausted_at\":\"2");
    }

    @Test
    void whatLastsIsNotSavedAndAFixedMarkStaysWhereItIs() throws Exception {
        for (int i = 0; i < 15; i++) {
            atlas.chat("key-of-the-calm-one-1", CHAT).expect(200);
            Reply late = atlas.chat("key-of-the-late-one-1", CHAT).expect(200);
            assertThat(late.header("x-atlas-model")).isEqualTo("large");
        }
        assertThat(atlas.chat("key-of-the-calm-one-1", CHAT).expect(200).header("x-atlas-model"))
                .isEqualTo("large");
        // So little is noticed by the second.
        Await.until(
                "a pace",
                () -> limit("key-of-the-calm-one-1", "calm:cost/day")
                                .path("burn_per_hour")
                                .asLong()
                        > 0);
        JsonNode calm = limit("key-of-the-calm-one-1", "calm:cost/day");
        assertThat(calm.path("exhausted_at").isNull()).isTrue();
        JsonNode late = limit("key-of-the-late-one-1", "late:cost/day");
        assertThat(late.path("low_water").asLong()).isEqualTo(2_000_000);
        assertThat(late.path("low").asBoolean()).isFalse();
        assertThat(late.path("exhausted_at").isString()).isTrue();
    }

    private static JsonNode limit(String key, String id) throws Exception {
        JsonNode quota = atlas.get(key, "/v1/quota").expect(200).json();
        return quota.path("limits").values().stream()
                .filter(limit -> limit.path("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
