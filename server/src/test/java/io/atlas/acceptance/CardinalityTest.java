package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers can do to the size of {@code /metrics}. */
@Timeout(300)
class CardinalityTest {
    private static final int NAMES = 20_000;
    private static final int CLIENTS = 16;

    /** One in so many is for a model that there is, and is served. */
    private static final int SERVED = 50;

    private static final Chat KNOWN = Chat.of("words-3", "one").maxTokens(3);

    private static final String CONFIGURATION = """
            ledger: { durability: process }
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ words-3 ], limits: [ { tokens: 100k, per: day } ] }
              house: { priority: 7, models: [ words-3 ], limits: [ { tokens: 1G, per: day } ] }
            tenants:
              acme: { tier: house, keys: { app: { secret: key-of-the-search-app, endUsers: { max: 100k, tier: free } } } }
            """;

    @Test
    void twentyThousandUnknownModelsAndUsersMakeAtMostTwoSeriesOfAMetric(@TempDir Path data) throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                RunningAtlas atlas = RunningAtlas.start(
                        data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()))) {
            ask(atlas, "first", KNOWN);
            Map<String, Integer> before = series(atlas);

            AtomicInteger seen = new AtomicInteger();
            try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
                IntStream.range(0, NAMES)
                        .forEach(i -> clients.execute(() -> {
                            Chat chat = i % SERVED == 0 ? KNOWN : KNOWN.model("unknown-" + i);
                            if (ask(atlas, "somebody-" + i, chat) == (i % SERVED == 0 ? 200 : 404)) {
                                seen.incrementAndGet();
                            }
                        }));
            }

            assertThat(seen).as("answered as they should be").hasValue(NAMES);
            Map<String, Integer> after = series(atlas);
            assertThat(after).containsKey("atlas_requests_total");
            assertThat(after)
                    .allSatisfy((metric, count) -> assertThat(count - before.getOrDefault(metric, 0))
                            .as(metric)
                            .isLessThanOrEqualTo(2));
            assertThat(atlas.admin("/metrics").body())
                    .doesNotContain("unknown-")
                    .doesNotContain("somebody-");
        }
    }

    private static int ask(RunningAtlas atlas, String user, Chat chat) {
        try {
            return atlas.chat(Map.of("authorization", "Bearer key-of-the-search-app", "x-atlas-user", user), chat)
                    .status();
        } catch (Exception e) {
            throw new AssertionError(user, e);
        }
    }

    /** How many series each metric has; the buckets of one histogram are one. */
    private static Map<String, Integer> series(RunningAtlas atlas) throws Exception {
        Map<String, Integer> series = new TreeMap<>();
        atlas.admin("/metrics")
                .expect(200)
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[{ ].*", ""))
                .filter(name -> !name.endsWith("_bucket"))
                .forEach(name -> series.merge(name, 1, Integer::sum));
        return series;
    }
}
