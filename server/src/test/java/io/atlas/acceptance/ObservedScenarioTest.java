package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.cli.Main;
import io.atlas.endings.Await;
import io.atlas.ledger.ChildJvm;
import io.atlas.testing.AskedPrometheus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** {@code ./atlas dev --observe --scenario noisy-neighbour}: what somebody sees who has nothing but this. */
@Timeout(180)
@EnabledIf("io.atlas.testing.RealPrometheus#installed")
class ObservedScenarioTest {
    private static final int CROWD = 60;
    private static final Path RULES = Path.of("..", "deploy", "prometheus", "alerts.yml");

    private static final Queue<String> SAID = new ConcurrentLinkedQueue<>();

    private static Process dev;

    @BeforeAll
    static void start() throws Exception {
        dev = ChildJvm.start(
                Main.class, "dev --observe --scenario noisy-neighbour --port 0 --admin-port 0".split(" ", -1));
        Thread.ofVirtual().start(() -> {
            try (BufferedReader out = dev.inputReader()) {
                out.lines().forEach(SAID::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Await.until("dev is watched", () -> SAID.stream().anyMatch(line -> line.contains("ALERTS")));
    }

    @AfterAll
    static void stop() {
        dev.descendants().forEach(ProcessHandle::destroyForcibly);
        dev.destroyForcibly();
    }

    @Test
    void everyPanelShowsSomethingEveryRuleIsJudgedAndNothingIsLeftBehind() throws Exception {
        AskedPrometheus prometheus = new AskedPrometheus(URI.create(said("Prometheus watches: +(\\S+)")));
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(said("\\(process (\\d+);"))).orElseThrow();

        prometheus.await("sum(rate(atlas_requests_total{reason=\"concurrency_exceeded\"}[1m]))", Double.MIN_VALUE);
        Await.until("somebody has to wait", () -> {
            crowd();
            return prometheus.hasData("sum(rate(atlas_queue_wait_seconds_count[1m])) > 0");
        });
        Await.until("a limit in shadow is passed", () -> {
            crowd();
            return prometheus.hasData("sum(rate(atlas_shadow_refusals_total[1m])) > 0");
        });

        assertThat(panelsWithoutData(prometheus)).isEmpty();
        Await.until("all rules are judged", () -> health(prometheus).stream().allMatch("ok"::equals));
        assertThat(health(prometheus)).hasSize(rulesInTheFile());
        leavesNothingBehind(process);
    }

    private static List<String> panelsWithoutData(AskedPrometheus prometheus) throws Exception {
        List<String> without = new ArrayList<>();
        for (String[] query : DashboardsTest.queries()) {
            if (!prometheus.hasData(query[1])) {
                without.add(query[0] + ": " + query[1]);
            }
        }
        return without;
    }

    private static List<String> health(AskedPrometheus prometheus) throws Exception {
        return prometheus
                .rules()
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> rule.path("health").asString())
                .toList();
    }

    private static int rulesInTheFile() throws IOException {
        return (int) Files.readAllLines(RULES).stream()
                .filter(line -> line.matches(" +- (alert|record): .*"))
                .count();
    }

    private static void leavesNothingBehind(ProcessHandle prometheus) throws Exception {
        Path data = data(prometheus);
        assertThat(data).isDirectory();

        dev.destroy();

        assertThat(dev.waitFor(30, TimeUnit.SECONDS)).as("dev has ended").isTrue();
        assertThat(dev.exitValue()).isZero();
        assertThat(prometheus.isAlive()).isFalse();
        assertThat(data).doesNotExist();
    }

    private static Path data(ProcessHandle prometheus) {
        String option = "--storage.tsdb.path=";
        return List.of(prometheus.info().arguments().orElseThrow()).stream()
                .filter(argument -> argument.startsWith(option))
                .map(argument -> Path.of(argument.substring(option.length())))
                .findFirst()
                .orElseThrow();
    }

    /** More at once than the simulated models are thought to take, by the one tenant that may. */
    private static void crowd() {
        String key = said("# globex[^|]*?Bearer (\\S+)'");
        URI chats = URI.create(said("Base URL for any OpenAI client: +(\\S+)") + "/chat/completions");
        HttpRequest request = HttpRequest.newBuilder(chats)
                .headers("Authorization", "Bearer " + key, "Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        Chat.ofTokens("small", 20).maxTokens(40).body()))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                answers.add(
                        client.sendAsync(request, BodyHandlers.discarding()).thenApply(answer -> answer.statusCode()));
            }
            answers.forEach(answer -> assertThat(answer.join()).isEqualTo(200));
        }
    }

    private static String said(String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(String.join("\n", SAID));
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
