package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import io.atlas.testing.RealPrometheus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code deploy} has for Prometheus and Grafana, asked of a real Prometheus that reads a gateway with traffic. */
@Timeout(120)
@EnabledIf("io.atlas.testing.RealPrometheus#installed")
class DashboardsTest {
    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final Pattern METRIC = Pattern.compile("\\batlas_[a-z_]+");
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
              narrow: { type: vllm, url: "${oracle}", concurrency: 1, queue: 1 }
              gone: { type: vllm, url: "http://127.0.0.1:1" }
            pools:
              few: { limits: [ { tokens: 1M, per: minute } ] }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, downgrade: cheap, deployments: [ { backend: oracle, pool: few, cost: { input: "1 USD", output: "4 USD" } } ] }
              cheap: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: echo } ] }
              overcount-300: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              slow-5-20: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: narrow } ] }
              lost: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: gone } ] }
            tiers:
              pro: { priority: 10, models: [ "*" ], limits: [ { cost: "1 USD", per: day }, { tokens: 100k, per: minute } ] }
              free: { models: [ echo ], limits: [ { requests: 1, per: hour } ] }
              saving: { models: [ echo, cheap ], whenLow: [ downgrade ], limits: [ { cost: "1 USD", per: month, lowWater: 100% } ] }
            tenants:
              thrifty: { tier: saving, keys: { app: { secret: key-of-the-thrifty } } }
              acme: { tier: pro, limits: [ { requests: 2, per: day, mode: shadow }, { requests: 1k, per: minute, adaptive: { floor: 100, cap: 2k } } ], keys: { app: { secret: key-of-the-acme-app } } }
              hobby: { tier: free, keys: { app: { secret: key-of-the-hobbyist } } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;
    private static RealPrometheus prometheus;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                folder, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
        prometheus =
                RealPrometheus.start(folder, "127.0.0.1:" + atlas.adminUri().getPort());
        // What a rate is made of must have grown between two readings.
        for (int round = 1; round <= 3; round++) {
            traffic();
            prometheus.asked().await("sum(atlas_requests_total{reason=\"backend_unavailable\"})", round);
        }
    }

    @AfterAll
    static void stop() {
        prometheus.close();
        atlas.close();
        oracle.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void everyQueryOfADashboardHasData(String panel, String query) throws Exception {
        assertThat(prometheus.asked().hasData(query))
                .as("data of %s: %s", panel, query)
                .isTrue();
    }

    @Test
    void everyMetricOfADashboardOrAnAlertThereIs() throws Exception {
        TreeSet<String> metrics = new TreeSet<>();
        for (String[] query : queries()) {
            METRIC.matcher(query[1]).results().map(MatchResult::group).forEach(metrics::add);
        }
        for (JsonNode group : rules().path("groups").values()) {
            for (JsonNode rule : group.path("rules").values()) {
                METRIC.matcher(rule.path("expr").asString())
                        .results()
                        .map(MatchResult::group)
                        .forEach(metrics::add);
            }
        }

        assertThat(metrics).hasSizeGreaterThan(20);
        for (String metric : metrics) {
            assertThat(prometheus.asked().query("count(" + metric + ")").size())
                    .as(metric)
                    .isOne();
        }
    }

    @Test
    void everyAlertFiresWhenItsTestsSayAndTellsWhatToDo() throws Exception {
        JsonNode tests = YAMLMapper.shared()
                .readTree(DEPLOY.resolve("prometheus/alerts.test.yml").toFile());
        List<String> tested = tests.path("tests").values().stream()
                .flatMap(test -> test.path("alert_rule_test").values().stream())
                .filter(test -> !test.path("exp_alerts").isEmpty())
                .map(test -> test.path("alertname").asString())
                .toList();
        for (JsonNode group : rules().path("groups").values()) {
            for (JsonNode rule : group.path("rules").values()) {
                if (rule.has("alert")) {
                    assertThat(tested).contains(rule.path("alert").asString());
                    assertThat(rule.path("annotations").path("action").asString())
                            .isNotEmpty();
                }
            }
        }
        assertThat(promtool("test", "rules", "alerts.test.yml")).contains("SUCCESS");
        assertThat(promtool("check", "config", "prometheus.yml")).contains("SUCCESS");
        assertThat(promtool("check", "config", "prometheus.compose.yml")).contains("SUCCESS");
    }

    @Test
    void dashboardsHaveNamesThatStay() throws Exception {
        for (Path file : dashboards()) {
            JsonNode dashboard = JsonMapper.shared().readTree(file.toFile());
            assertThat(dashboard.path("uid").asString() + ".json")
                    .isEqualTo(file.getFileName().toString());
        }
    }

    static List<String[]> queries() throws IOException {
        List<String[]> queries = new ArrayList<>();
        for (Path file : dashboards()) {
            JsonNode dashboard = JsonMapper.shared().readTree(file.toFile());
            for (JsonNode panel : dashboard.path("panels").values()) {
                for (JsonNode target : panel.path("targets").values()) {
                    String name = dashboard.path("title").asString() + ", "
                            + panel.path("title").asString() + " "
                            + target.path("refId").asString();
                    queries.add(new String[] {name, filled(target.path("expr").asString())});
                }
            }
        }
        assertThat(queries).hasSizeGreaterThan(40);
        return queries;
    }

    /** As Grafana fills it in where everything is shown. */
    private static String filled(String expression) {
        return expression
                .replace("$__rate_interval", "1m")
                .replace("$__range", "1m")
                .replace("$tenant", ".*");
    }

    private static List<Path> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(DEPLOY.resolve("grafana/dashboards"))) {
            return files.sorted().toList();
        }
    }

    private static JsonNode rules() {
        return YAMLMapper.shared()
                .readTree(DEPLOY.resolve("prometheus/alerts.yml").toFile());
    }

    private static String promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(DEPLOY.resolve("prometheus").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** Something of everything: served, streamed, queued, turned away, refused, made cheaper, failed, unreachable, counted above its bound. */
    private static void traffic() throws Exception {
        Chat chat = Chat.ofTokens("echo", 40).maxTokens(20);
        atlas.chat("key-of-the-acme-app", chat).expect(200);
        atlas.chat("key-of-the-acme-app", chat.streamed()).expect(200);
        atlas.chat("key-of-the-acme-app", chat.model("overcount-300")).expect(200);
        atlas.chat("key-of-the-acme-app", chat.model("error-500")).expect(502);
        for (String key :
                List.of("key-of-the-hobbyist", "key-of-the-hobbyist", "key-of-the-thrifty", "key-of-the-thrifty")) {
            atlas.chat(key, chat);
        }
        List<CompletableFuture<Reply>> crowd = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            crowd.add(atlas.chatLater("key-of-the-acme-app", chat.model("slow-5-20")));
        }
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<Reply> one : crowd) {
            statuses.add(one.get().status());
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 200, 503);
        atlas.chat("key-of-the-acme-app", chat.model("lost")).expect(503);
    }
}
