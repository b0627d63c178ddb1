package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Crowd.Answer;
import io.atlas.endings.Crowd.Seen;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Atlas in another process: stopped in order, killed under load, and started again. */
@Timeout(900)
class RestartTest {
    private static final int CALLERS = 24;
    private static final int LASTING_CALLERS = 6;
    private static final int KILLS = 20;
    private static final int LONG_LIFE_EVERY = 5;
    private static final Duration START = Duration.ofSeconds(3);
    private static final long SEED = 4_711;
    private static final List<String> MODELS = List.of(
            "openai/words-12",
            "vllm/words-40",
            "openai/echo",
            "openai/slow-100-20",
            "vllm/slow-100-20",
            "vllm/slow-20-5");
    private static final List<String> LASTING = List.of("openai/slow-2000-20", "vllm/slow-2000-20", "openai/hang");
    private static final Duration LONG_ENOUGH_TO_BE_COUNTED = Duration.ofSeconds(3);
    private static final List<String> TENANTS = List.of("acme", "umbrella");

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private final AtomicInteger number = new AtomicInteger();
    private final long began = System.nanoTime();

    @AfterEach
    void close() {
        oracle.close();
    }

    @Test
    void whoIsAskedToStopEndsEveryAnswer() throws Exception {
        List<Answer> answers;
        try (AtlasProcess atlas = start();
                Crowd crowd = crowd(CALLERS, atlas, MODELS)) {
            Await.until("some answers", () -> crowd.whole() > 100);
            atlas.beginToStop();
            assertThat(atlas.exitCode()).isZero();
            answers = crowd.end();
        }
        assertThat(answers)
                .filteredOn(answer -> answer.seen() == Seen.TRUNCATED)
                .isEmpty();
        try (AtlasProcess atlas = start()) {
            wholeAnswersStandInTheLedger(atlas.desk(), answers);
            for (Entry entry : oracle.journal().all()) {
                assertThat(atlas.desk().decision(id(entry)).path("outcome").asString())
                        .as(entry.mark())
                        .isEqualTo("served");
            }
            limitsEqualTheLedger(atlas.desk());
        }
    }

    @Test
    void whoIsKilledForgetsNothingThatWasUsed() throws Exception {
        List<Answer> answers = new ArrayList<>();
        List<Duration> starts = new ArrayList<>();
        for (int kill = 1; kill <= KILLS; kill++) {
            try (AtlasProcess atlas = start();
                    Crowd lasting = crowd(LASTING_CALLERS, atlas, LASTING);
                    Crowd crowd = crowd(CALLERS, atlas, MODELS)) {
                starts.add(atlas.startTook());
                long lives = kill % LONG_LIFE_EVERY == 0 ? LONG_ENOUGH_TO_BE_COUNTED.toNanos() : 0;
                long enough = 10L * kill;
                long began = System.nanoTime();
                Await.until(
                        "some answers, and some requests that are long open",
                        () -> crowd.whole() > enough && System.nanoTime() - began > lives);
                atlas.kill();
                answers.addAll(crowd.end());
                lasting.end();
            }
        }
        try (AtlasProcess atlas = start()) {
            wholeAnswersStandInTheLedger(atlas.desk(), answers);
            int died = 0;
            for (Entry entry : oracle.journal().all()) {
                JsonNode decision = atlas.desk().decision(id(entry));
                if (decision.path("reason").asString("").equals("process_died")) {
                    died++;
                    chargedAsOfADeadProcess(decision, entry);
                }
            }
            assertThat(died)
                    .as("requests that were open at the time of a death")
                    .isGreaterThan(KILLS * LASTING_CALLERS);
            limitsEqualTheLedger(atlas.desk());
        }
        assertThat(starts.stream().sorted().toList().get(KILLS / 2))
                .as("the median of " + starts)
                .isLessThan(START);
    }

    private AtlasProcess start() throws Exception {
        return AtlasProcess.start(
                folder,
                new Terms(
                        folder.resolve("data"),
                        List.of(
                                House.backend("openai", "openai", oracle, ""),
                                House.backend("vllm", "vllm", oracle, "")),
                        Stream.concat(MODELS.stream(), LASTING.stream()).toList(),
                        TENANTS.stream().map(RestartTest::tenant).toList()));
    }

    private static String tenant(String name) {
        return House.tenant(
                name,
                "[ { tokens: 1G, per: day }, { inputTokens: 1G, per: week }, { cost: \"1000 USD\", per: month },"
                        + " { outputTokens: 1G, per: quarter }, { requests: 1M, per: year }, { requests: 5k, per: hour } ]");
    }

    private Crowd crowd(int size, AtlasProcess atlas, List<String> models) {
        List<String> keys = TENANTS.stream().map(House::secret).toList();
        return Crowd.of(size, atlas.port(), keys, models, number, SEED);
    }

    private void wholeAnswersStandInTheLedger(Desk desk, List<Answer> answers) throws Exception {
        for (Answer answer : answers) {
            if (answer.seen() == Seen.WHOLE) {
                Entry entry = oracle.journal().of(answer.mark()).getFirst();
                JsonNode decision = desk.decision(answer.id());
                JsonNode usage = decision.path("usage");
                assertThat(decision.path("outcome").asString())
                        .as(answer.mark())
                        .isEqualTo("served");
                assertThat(usage.path("input_tokens").asLong()).isEqualTo(entry.promptTokens());
                assertThat(usage.path("output_tokens").asLong()).isEqualTo(entry.completionTokens());
            }
        }
    }

    private static void chargedAsOfADeadProcess(JsonNode decision, Entry entry) {
        JsonNode usage = decision.path("usage");
        assertThat(decision.path("outcome").asString()).isEqualTo("aborted");
        assertThat(usage.path("source").asString()).isEqualTo("estimated");
        long input = usage.path("input_tokens").asLong();
        if (entry.took().orElseThrow().compareTo(LONG_ENOUGH_TO_BE_COUNTED) >= 0) {
            boolean counts = entry.body().contains("continuous_usage_stats") && entry.completionTokens() > 0;
            assertThat(input)
                    .as(decision + " " + entry.body())
                    .isEqualTo(entry.promptTokens() + (counts ? 0 : Question.TEMPLATE_TOKENS));
        } else {
            assertThat(input)
                    .as(entry.body())
                    .isBetween(entry.promptTokens(), 2 * entry.promptTokens() + 3 * Question.TEMPLATE_TOKENS);
        }
        assertThat(usage.path("output_tokens").asLong()).isBetween(0L, entry.completionTokens());
        assertThat(decision.path("cost_nano_usd").asLong())
                .isEqualTo(Terms.nanoUsd(
                        usage.path("input_tokens").asLong(),
                        usage.path("output_tokens").asLong()));
        // A deployment that says nothing of its cost costs us the price.
        assertThat(decision.path("provider_cost_nano_usd")).isEqualTo(decision.path("cost_nano_usd"));
    }

    private void limitsEqualTheLedger(Desk desk) throws Exception {
        desk.awaitNothingHeld();
        for (String tenant : TENANTS) {
            JsonNode row = desk.usage("tenant").path("rows").values().stream()
                    .filter(one -> one.path("tenant").asString().equals(tenant))
                    .findFirst()
                    .orElseThrow();
            long input = row.path("input_tokens").asLong();
            long output = row.path("output_tokens").asLong();
            long requests = row.path("charged_requests").asLong();
            assertThat(used(desk, tenant + ":tokens/day")).isEqualTo(input + output);
            assertThat(used(desk, tenant + ":inputTokens/week")).isEqualTo(input);
            assertThat(used(desk, tenant + ":outputTokens/quarter")).isEqualTo(output);
            assertThat(used(desk, tenant + ":requests/year")).isEqualTo(requests);
            assertThat(used(desk, tenant + ":cost/month"))
                    .isEqualTo(row.path("cost_nano_usd").asLong());
            long leaked = Math.ceilDiv(5_000 * (System.nanoTime() - began), TimeUnit.HOURS.toNanos(1));
            assertThat(used(desk, tenant + ":requests/hour")).isBetween(requests - leaked - 1, requests);
            // What leaks has leaked a little more at the second look.
            assertThat(desk.quota(House.secret(tenant)))
                    .filteredOn(limit -> !limit.path("per").asString().equals("hour"))
                    .isNotEmpty()
                    .allSatisfy(limit -> assertThat(limit)
                            .isEqualTo(desk.limit(limit.path("id").asString())));
        }
    }

    private static long used(Desk desk, String limit) throws Exception {
        return desk.limit(limit).path("used").asLong();
    }

    private static String id(Entry entry) {
        return entry.headers().getOrDefault("x-request-id", "none");
    }
}
