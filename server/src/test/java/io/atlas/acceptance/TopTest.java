package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
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

/** {@code atlas top} and the resource that it is painted from: what goes on at a node, who waits, what runs low. */
@Timeout(60)
class TopTest {
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}", concurrency: 1, queue: 10, queueTimeout: 60s }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { priority: 7, models: [ echo, hang ] }
            tenants:
              acme: { tier: pro, teams: { search: { keys: { ci: { secret: key-of-the-search-team } } } } }
              small:
                tier: pro
                limits: [ { tokens: 100, per: day } ]
                keys: { app: { secret: key-of-a-small-one } }
            """;

    private final OracleUpstream oracle = OracleUpstream.start();

    @TempDir
    Path data;

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
    void whatWasCountedIsInSumsAndWhatRunsLowIsNamed() throws Exception {
        atlas.chat("key-of-the-search-team", Chat.ofTokens("echo", 50).maxTokens(20))
                .expect(200);
        atlas.chat("key-of-a-small-one", Chat.ofTokens("echo", 50).maxTokens(45))
                .expect(200);
        atlas.chat("key-of-a-small-one", Chat.ofTokens("echo", 50).maxTokens(500))
                .expect(400);

        JsonNode live = live();
        JsonNode counts = live.path("since_start");
        assertThat(counts.path("requests").path("served").asLong()).isEqualTo(2);
        assertThat(counts.path("requests").path("refused").asLong()).isEqualTo(1);
        assertThat(counts.path("refused").path("request_exceeds_limit").asLong())
                .isEqualTo(1);
        assertThat(counts.path("input_tokens").asLong()).isEqualTo(2 * 43);
        assertThat(counts.path("output_tokens").asLong()).isEqualTo(20 + 43);
        assertThat(live.path("low").valueStream().map(limit -> limit.path("id").asString()))
                .containsExactly("small:tokens/day");
        assertThat(live.path("low").path(0).path("remaining").asLong()).isEqualTo(14);
    }

    @Test
    void whoWaitsIsNamedWithTheBackendAndThePriority() throws Exception {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            open.add(atlas.hanging(
                    "key-of-the-search-team", Chat.ofTokens("hang", 50).maxTokens(20)));
            Await.until("one is at the backend", () -> backend().path("open").asInt() == 1);
            open.add(atlas.hanging(
                    "key-of-the-search-team", Chat.ofTokens("hang", 50).maxTokens(20)));
            open.add(atlas.hanging(
                    "key-of-the-search-team", Chat.ofTokens("hang", 50).maxTokens(20)));
            open.add(atlas.hanging(
                    "key-of-a-small-one", Chat.ofTokens("hang", 50).maxTokens(20)));
            Await.until("three wait", () -> backend().path("waiting").path("7").asInt(0) == 3);

            JsonNode crowds = backend().path("crowds");
            assertThat(backend().path("held_for").asString()).isEqualTo("requests");
            assertThat(crowds.path(0).path("tenant").asString()).isEqualTo("acme");
            assertThat(crowds.path(0).path("team").asString()).isEqualTo("search");
            assertThat(crowds.path(0).path("waiting").asInt()).isEqualTo(2);
            assertThat(crowds.path(1).path("tenant").asString()).isEqualTo("small");
            assertThat(crowds.path(1).path("team").isNull()).isTrue();

            List<String> picture = once();
            assertThat(picture).contains("open          1 at backends, 3 waiting");
            assertThat(picture).anyMatch(line -> line.matches("oracle +1 +3  7: 3 +requests"));
            assertThat(picture).anyMatch(line -> line.matches("acme/search +oracle +7 +2 .*"));
        } finally {
            for (AutoCloseable one : open) {
                one.close();
            }
        }
        Await.until("nobody is there any more", () -> backend().path("open").asInt() == 0);
        assertThat(backend().path("crowds").isEmpty()).isTrue();
    }

    @Test
    void withoutATerminalItIsOnePictureThatEnds() throws Exception {
        assertThat(once())
                .anyMatch(line -> line.matches("requests/s +0.0, served 0.0, .*"))
                .anyMatch(line -> line.matches("node +[0-9a-f]+ at \\S+, the only one"));
    }

    private List<String> once() throws Exception {
        try (Terminal top = Terminal.run(atlas.adminUri(), "top")) {
            Await.until("it ends", top::over);
            return top.lines();
        }
    }

    private JsonNode backend() throws Exception {
        return live().path("backends").path(0);
    }

    private JsonNode live() throws Exception {
        return JsonMapper.shared()
                .readTree(atlas.admin("/admin/v1/live").expect(200).body());
    }
}
