package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One line for each request, for operators, where it is asked for. */
@Timeout(60)
class AccessLogTest {
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-8: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ words-8 ] }
            tenants:
              acme: { tier: pro, limits: [ { tokens: 100, per: day } ], teams: { search: { keys: { ci: { secret: key-of-the-search-team } } } } }
            """;

    @TempDir
    Path data;

    @Test
    void eachRequestIsALineWithItsFiguresWhoeverItEnded() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                LoggedLines access = LoggedLines.of("access", Level.INFO)) {
            String served;
            String refused;
            try (RunningAtlas atlas = RunningAtlas.start(
                    data,
                    "telemetry: { accessLog: json }\n" + CONFIGURATION,
                    Map.of("oracle", oracle.uri().toString()))) {
                served = atlas.chat(
                                "key-of-the-search-team",
                                Chat.ofTokens("words-8", 50).streamed().maxTokens(20))
                        .expect(200)
                        .header("x-atlas-decision");
                refused = atlas.chat("key-of-the-search-team", Chat.ofTokens("words-8", 90))
                        .expect(400)
                        .header("x-atlas-decision");
            }
            List<JsonNode> lines =
                    access.lines().stream().map(JsonMapper.shared()::readTree).toList();
            assertThat(lines)
                    .extracting(line -> line.path("decision").asString(""))
                    .containsExactly(served, refused);
            JsonNode first = lines.getFirst();
            assertThat(first.propertyNames())
                    .containsExactly(
                            "time",
                            "decision",
                            "tenant",
                            "team",
                            "key",
                            "tier",
                            "route",
                            "model",
                            "served_model",
                            "backend",
                            "outcome",
                            "reason",
                            "status",
                            "input_tokens",
                            "cached_input_tokens",
                            "output_tokens",
                            "reasoning_tokens",
                            "cost_nano_usd",
                            "queue_ms",
                            "ttft_ms",
                            "duration_ms",
                            "trace_id");
            assertThat(first.path("key").asString("")).isEqualTo("ci");
            assertThat(first.path("status").asInt()).isEqualTo(200);
            assertThat(first.path("output_tokens").asLong()).isEqualTo(8);
            assertThat(first.path("cost_nano_usd").asLong())
                    .isEqualTo(first.path("input_tokens").asLong() * 2_000 + 8 * 8_000);
            assertThat(first.path("ttft_ms").isIntegralNumber()).isTrue();
            assertThat(first.path("trace_id").isNull()).isTrue();
            assertThat(lines.getLast().path("status").asInt()).isEqualTo(400);
            assertThat(lines.getLast().path("reason").asString("")).isEqualTo("request_exceeds_limit");
            assertThat(lines.getLast().path("backend").isNull()).isTrue();
        }
    }

    @Test
    void nothingIsWrittenWhereItIsNotAskedFor() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                LoggedLines access = LoggedLines.of("access", Level.INFO)) {
            try (RunningAtlas atlas = RunningAtlas.start(
                    data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()))) {
                atlas.chat(
                                "key-of-the-search-team",
                                Chat.ofTokens("words-8", 50).maxTokens(20))
                        .expect(200);
            }
            assertThat(access.lines()).isEmpty();
        }
    }
}
