package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code atlas tail} shows what is decided, as it is recorded; and what was decided long ago is kept in short. */
@Timeout(60)
class TailTest {
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ echo ] }
            tenants:
              acme: { tier: pro, teams: { search: { keys: { ci: { secret: key-of-the-search-team } } } } }
              small: { tier: pro, limits: [ { tokens: 10, per: day } ], keys: { app: { secret: key-of-a-small-one } } }
            """;

    private final OracleUpstream oracle = OracleUpstream.start();
    private final Map<String, String> names = Map.of("oracle", oracle.uri().toString());

    @TempDir
    Path data;

    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = RunningAtlas.start(data, CONFIGURATION, names);
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void everyRequestIsALineOnceWhenItHasEnded() throws Exception {
        atlas.chat("key-of-the-search-team", Chat.ofTokens("echo", 50).maxTokens(1))
                .expect(200);
        try (Terminal tail = Terminal.run(atlas.adminUri(), "tail", "--output", "json")) {
            Await.until("it follows", () -> tail.told().contains("following"));
            List<String> ids = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                ids.add(atlas.chat(
                                "key-of-the-search-team",
                                Chat.ofTokens("echo", 50).maxTokens(i))
                        .expect(200)
                        .header("x-atlas-decision"));
            }
            ids.add(atlas.chat("key-of-a-small-one", Chat.ofTokens("echo", 50).maxTokens(5))
                    .expect(400)
                    .header("x-atlas-decision"));
            Await.until("all are told", () -> tail.lines().size() >= ids.size());

            List<JsonNode> rows =
                    tail.lines().stream().map(JsonMapper.shared()::readTree).toList();
            assertThat(rows).extracting(row -> row.path("id").asString()).containsExactlyElementsOf(ids);
            assertThat(rows.getLast().path("reason").asString()).isEqualTo("request_exceeds_limit");
            assertThat(rows.getFirst().path("output_tokens").asLong()).isEqualTo(1);
        }
    }

    @Test
    void onlyWhatIsAskedForIsTold() throws Exception {
        try (Terminal tail = Terminal.run(atlas.adminUri(), "tail", "--tenant", "small", "--outcome", "refused")) {
            Await.until("it follows", () -> tail.told().contains("following"));
            atlas.chat("key-of-the-search-team", Chat.ofTokens("echo", 50).maxTokens(1))
                    .expect(200);
            String id = atlas.chat(
                            "key-of-a-small-one", Chat.ofTokens("echo", 50).maxTokens(5))
                    .expect(400)
                    .header("x-atlas-decision");
            Await.until("it is told", () -> !tail.lines().isEmpty());

            assertThat(tail.lines())
                    .singleElement()
                    .asString()
                    .contains(id + "  small/app  echo  refused: request_exceeds_limit  0 in  0 out  0 USD");
        }
    }

    @Test
    void whatNoQuestionMayHaveIsRefused() throws Exception {
        assertThat(atlas.admin("/admin/v1/tail?after=1&since=1d&outcome=well")
                        .expect(400)
                        .body())
                .contains("since: unknown parameter", "outcome: well");
        assertThat(atlas.admin("/admin/v1/tail?after=all-1.1").expect(400).body())
                .contains("scope: all (expected: node");
    }

    @Test
    void theStoryOfARequestOfLastMonthIsGoneAndItsFiguresAreThere() throws Exception {
        atlas.close();
        String id;
        try (RunningAtlas lastMonth = RunningAtlas.start(
                data, CONFIGURATION, names, new WallClock(Instant.now().minus(Duration.ofDays(40))))) {
            id = lastMonth
                    .chat("key-of-the-search-team", Chat.ofTokens("echo", 50).maxTokens(20))
                    .expect(200)
                    .header("x-atlas-decision");
        }
        start();
        JsonMapper json = JsonMapper.shared();
        String path = "/admin/v1/decisions/" + id;
        Await.until(
                "it is emptied", () -> json.readTree(atlas.admin(path).body()).has("story"));

        JsonNode told = json.readTree(atlas.admin(path).expect(200).body());
        assertThat(told.path("usage").path("output_tokens").asLong()).isEqualTo(20);
        assertThat(told.path("cost_nano_usd").asLong()).isEqualTo(43 * 2_000 + 20 * 8_000);
        try (Terminal explain = Terminal.run(atlas.adminUri(), "explain", id)) {
            Await.until("it is told", explain::over);
            assertThat(String.join("\n", explain.lines()))
                    .contains("The story of this request is not kept any more", "20 out", "USD");
        }
    }
}
