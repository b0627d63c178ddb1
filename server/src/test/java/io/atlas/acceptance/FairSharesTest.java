package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Fifty teams of ten tenants at two deployments that are full: forty always have something waiting, with prompts of
 * different lengths, and one of them asks for twenty times as much as the others; ten ask now and then. It ends after so
 * many answers and not after a time, so that a slow machine takes longer and measures the same.
 * {@code -Datlas.fairness.answers=30000} is the long version, a minute or more, and is held to narrower bounds.
 */
@Timeout(600)
class FairSharesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final int TENANTS = 10;
    private static final int TEAMS = 5;
    /** Of them, so many ask now and then: the last. */
    private static final int LIGHT_TENANTS = 2;

    /** At each of the two, so that who always asks has always something waiting at both. */
    private static final int OUTSTANDING = 6;

    private static final int TIMES_ITS_SHARE = 20;
    private static final long PAUSE_MILLIS = 200;
    private static final int[] PROMPT_TOKENS = {80, 300, 120, 200};
    private static final int WARM = 800;
    private static final int ANSWERS = Integer.getInteger("atlas.fairness.answers", 6_000);
    private static final boolean LONG = ANSWERS >= 30_000;

    private static final String CONFIGURATION = """
            backends:
              a: { type: sim, ttft: 40ms, tokensPerSecond: 1000, slots: 32, concurrency: 12, queue: 2000, queueTimeout: 10m }
              b: { type: sim, ttft: 40ms, tokensPerSecond: 1000, slots: 32, concurrency: 12, queue: 2000, queueTimeout: 10m }
            models:
              left: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: a } ] }
              right: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: b } ] }
            tiers:
              single: { priority: 0, weight: 1, models: [ "*" ] }
              double: { priority: 0, weight: 2, models: [ "*" ] }
            """;

    /** Whose turn it is: each team in its own name, or all in one, which is one line, first come first served. */
    private enum Names {
        OF_EACH,
        OF_ONE
    }

    @Test
    void whoAlwaysWaitsGetsHisShareAndWhoSeldomAsksSeldomWaits(@TempDir Path data) throws Exception {
        Run quiet = run(data.resolve("quiet"), 1, ANSWERS / 3, Names.OF_EACH);
        Run greedy = run(data.resolve("greedy"), TIMES_ITS_SHARE, ANSWERS, Names.OF_EACH);
        Run line = run(data.resolve("line"), TIMES_ITS_SHARE, ANSWERS / 3, Names.OF_ONE);

        shares(greedy);
        double percent = LONG ? 0.99 : 0.95;
        double without = quiet.waited(percent);
        assertThat(greedy.waited(percent))
                .as("wait of the light beside the greedy one, in milliseconds")
                .isLessThanOrEqualTo(1.3 * without + (LONG ? 0 : 20));
        assertThat(line.waited(percent)).as("the same in one line").isGreaterThan(1.3 * without + 100);
    }

    private static void shares(Run run) {
        double all = run.work.values().stream().mapToDouble(work -> work).sum();
        int weights = IntStream.range(0, TENANTS - LIGHT_TENANTS)
                .map(FairSharesTest::weight)
                .sum();
        for (int tenant = 0; tenant < TENANTS - LIGHT_TENANTS; tenant++) {
            double due = all * weight(tenant) / weights;
            double got = 0;
            for (int team = 0; team < TEAMS; team++) {
                double ofTeam = run.work.getOrDefault(name(tenant, team), 0.0);
                got += ofTeam;
                assertThat(ofTeam / (due / TEAMS))
                        .as("%s by its share", name(tenant, team))
                        .isCloseTo(1, within(LONG ? 0.05 : 0.2));
            }
            assertThat(got / due).as("tenant %d by its share", tenant).isCloseTo(1, within(LONG ? 0.05 : 0.08));
        }
    }

    private static Run run(Path data, int timesItsShare, int answers, Names names) throws Exception {
        try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION + tenants(), Map.of())) {
            Run run = new Run(atlas, answers, names);
            for (int tenant = 0; tenant < TENANTS; tenant++) {
                for (int team = 0; team < TEAMS; team++) {
                    boolean light = tenant >= TENANTS - LIGHT_TENANTS;
                    int times = light ? 1 : OUTSTANDING * (tenant == 0 && team == 0 ? timesItsShare : 1);
                    Chat chat = Chat.ofTokens("left", PROMPT_TOKENS[team % PROMPT_TOKENS.length])
                            .maxTokens(16);
                    for (int i = 0; i < times; i++) {
                        run.keepAsking(name(tenant, team), chat, light);
                        run.keepAsking(name(tenant, team), chat.model("right"), light);
                    }
                }
            }
            run.await();
            return run;
        }
    }

    private static String tenants() {
        StringBuilder yaml = new StringBuilder("tenants:\n");
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            yaml.append("  tenant-%d:\n    tier: %s\n    teams:\n"
                    .formatted(tenant, weight(tenant) == 2 ? "double" : "single"));
            for (int team = 0; team < TEAMS; team++) {
                yaml.append("      team-%d: { limits: [ { concurrent: 2k } ], keys: { app: { secret: %s } } }\n"
                        .formatted(team, key(name(tenant, team))));
            }
        }
        return yaml.toString();
    }

    private static int weight(int tenant) {
        return 1 + tenant % 2;
    }

    private static String name(int tenant, int team) {
        return "tenant-" + tenant + "-team-" + team;
    }

    private static String key(String name) {
        return name + "-key-of-the-shares-test";
    }

    /** What was done for whom, from the end of the warm-up to the last answer that is counted. */
    private static final class Run {
        final Map<String, Double> work = new HashMap<>();
        private final RunningAtlas atlas;
        private final Names names;
        private final int wanted;
        private final CountDownLatch end = new CountDownLatch(1);
        private final List<Long> lightWaits = new ArrayList<>();
        private int answers;

        Run(RunningAtlas atlas, int wanted, Names names) {
            this.atlas = atlas;
            this.wanted = wanted;
            this.names = names;
        }

        /** Always has one such request on its way; one who asks now and then pauses in between. */
        void keepAsking(String name, Chat chat, boolean light) {
            String key = key(names == Names.OF_ONE ? name(0, 0) : name);
            Executor later =
                    light ? CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS) : Runnable::run;
            var _ = atlas.chatLater(key, chat)
                    .whenCompleteAsync(
                            (reply, failure) -> {
                                if (reply != null && end.getCount() > 0) {
                                    seen(name, reply, light);
                                    keepAsking(name, chat, light);
                                }
                            },
                            later);
        }

        void await() throws InterruptedException {
            assertThat(end.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        /** How long that part of the light ones' requests waited at most, in milliseconds. */
        synchronized double waited(double part) {
            List<Long> sorted = lightWaits.stream().sorted().toList();
            assertThat(sorted).as("waits of the light").isNotEmpty();
            return sorted.get((int) (sorted.size() * part));
        }

        private synchronized void seen(String name, Reply reply, boolean light) {
            answers++;
            if (answers <= WARM || end.getCount() == 0) {
                return;
            }
            if (answers > WARM + wanted) {
                end.countDown();
                return;
            }
            if (light) {
                lightWaits.add(Long.parseLong(reply.maybe("x-atlas-queue-ms").orElse("0")));
                return;
            }
            JsonNode usage = reply.json().path("usage");
            work.merge(
                    name,
                    usage.path("prompt_tokens").asDouble()
                            + 2 * usage.path("completion_tokens").asDouble(),
                    Double::sum);
        }
    }
}
