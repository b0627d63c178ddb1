package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Upstream quota is moved from one pool to another while the gateway runs, apart from the file. */
@Timeout(60)
class PoolMovesTest {
    private static final String KEY = "key-of-the-worker";
    private static final String CONFIGURATION = """
            backends:
              east: { type: openai, url: "${provider}", health: { check: never } }
              west: { type: openai, url: "${provider}", health: { check: never } }
            pools:
              east: { limits: [ { tokens: 100k, per: minute }, { requests: 10, per: minute } ] }
              west: { limits: [ { tokens: 1k, per: minute } ] }
            models:
              large: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: east, pool: east } ] }
              other: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: west, pool: west } ] }
            tiers: { pro: { models: [ "*" ] } }
            tenants: { worker: { tier: pro, keys: { app: { secret: key-of-the-worker } } } }
            """;
    private static final Chat LONG = Chat.of("other", "hello").maxTokens(5_000);

    @TempDir
    Path data;

    private final MeteredProvider provider = MeteredProvider.start(1_000_000, MeteredProvider.Manner.TELLS);
    private final WallClock clock = new WallClock(Instant.parse("2026-11-26T10:00:00Z"));
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = RunningAtlas.start(data, CONFIGURATION, Map.of("provider", provider.url()), clock);
    }

    @AfterEach
    void stop() {
        atlas.close();
        provider.close();
    }

    @Test
    void whatIsMovedIsThereAtOnceSurvivesARestartAndEndsByItself() throws Exception {
        assertThat(atlas.chat(KEY, LONG).expect(400).code()).isEqualTo("request_exceeds_limit");

        JsonNode move = move("\"for\":\"2h\",\"reason\":\"launch\"").expect(201).json();

        assertThat(move.path("ends_at").asString("")).isEqualTo("2026-11-26T12:00:00Z");
        atlas.chat(KEY, LONG).expect(200);
        assertThat(amount("east")).isEqualTo(80_000);
        assertThat(amount("west")).isEqualTo(21_000);
        atlas.close();
        atlas = RunningAtlas.start(data, CONFIGURATION, Map.of("provider", provider.url()), clock);
        assertThat(amount("west")).isEqualTo(21_000);
        JsonNode listed = atlas.admin("/admin/v1/pools").json().path("moves").get(0);
        assertThat(listed.path("reason").asString("")).isEqualTo("launch");
        assertThat(listed.path("actor").asString("")).isEqualTo("admin");
        clock.advance(Duration.ofHours(2));
        Await.until("the end of the move", () -> amount("west") == 1_000);
        assertThat(amount("east")).isEqualTo(100_000);
        assertThat(atlas.chat(KEY, LONG).expect(400).code()).isEqualTo("request_exceeds_limit");
    }

    @Test
    void whatIsUsedOfAPoolStaysUsedWhenItsAmountChanges() throws Exception {
        atlas.chat(KEY, LONG.model("large")).expect(200);
        long before = pool("east").path("limits").get(0).path("used").asLong();

        move("\"per\":\"minute\"").expect(201);

        assertThat(before).isEqualTo(5_010);
        assertThat(pool("east").path("limits").get(0).path("used").asLong()).isEqualTo(before);
        assertThat(pool("east").path("learned").get(0).path("limit").asLong()).isEqualTo(1_000_000);
    }

    @Test
    void whatCannotBeMovedIsSaid() throws Exception {
        assertThat(move("\"kind\":\"requests\"").expect(422).body()).contains("west: no limit requests/minute");
        assertThat(post("\"from\":\"west\",\"to\":\"east\",\"amount\":\"1k\"")
                        .expect(409)
                        .body())
                .contains("west: has 1000 tokens/minute");
        assertThat(post("\"from\":\"north\",\"to\":\"east\",\"amount\":\"1k\"")
                        .expect(422)
                        .body())
                .contains("north");
        assertThat(post("\"from\":\"west\",\"to\":\"west\",\"amount\":\"10\"")
                        .expect(409)
                        .body())
                .contains("another pool");
        assertThat(post("\"from\":\"west\",\"amount\":\"none\"").expect(400).body())
                .contains("to: missing", "amount: none");
        assertThat(amount("east")).isEqualTo(100_000);
    }

    @Test
    void theCommandMovesAndLists() throws Exception {
        try (Terminal moved = Terminal.run(
                atlas.adminUri(), "pools", "move", "east", "west", "20k", "--for", "1h", "--reason", "launch")) {
            Await.until("the command's end", moved::over);
            assertThat(moved.lines()).containsExactly("20,000 tokens/minute moved from east to west");
        }
        try (Terminal listed = Terminal.run(atlas.adminUri(), "pools")) {
            Await.until("the command's end", listed::over);
            assertThat(String.join("\n", listed.lines()))
                    .contains("CONFIGURED", "80,000", "21,000", "2026-11-26T11:00:00Z", "launch");
        }
    }

    private Reply move(String more) throws Exception {
        return post("\"from\":\"east\",\"to\":\"west\",\"amount\":\"20k\"," + more);
    }

    private Reply post(String fields) throws Exception {
        return atlas.admin("POST", "/admin/v1/pools/move", "{" + fields + "}");
    }

    private long amount(String pool) throws Exception {
        return pool(pool).path("limits").get(0).path("amount").asLong();
    }

    private JsonNode pool(String name) throws Exception {
        return atlas.admin("/admin/v1/pools")
                .expect(200)
                .json()
                .path("pools")
                .valueStream()
                .filter(pool -> pool.path("pool").asString("").equals(name))
                .findFirst()
                .orElseThrow();
    }
}
