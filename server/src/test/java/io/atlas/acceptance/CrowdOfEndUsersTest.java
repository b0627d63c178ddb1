package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Ten thousand people behind one key, before and after a restart. */
@Timeout(300)
class CrowdOfEndUsersTest {
    private static final int PEOPLE = 10_000;
    private static final int CLIENTS = 32;
    private static final String KEY = "key-of-the-search-app";
    private static final Chat CHAT = Chat.of("words-3", "one").maxTokens(3);

    /** One in ten is on the tier that allows two requests; the others on the one that allows one. */
    private static final int PAYING = 10;

    private static final String CONFIGURATION = """
            ledger: { durability: process }
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ words-3 ], limits: [ { requests: 1, per: year }, { tokens: 100k, per: minute } ] }
              pro: { priority: 5, models: [ words-3 ], limits: [ { requests: 2, per: year }, { tokens: 100k, per: minute } ] }
              house: { priority: 7, models: [ words-3 ] }
            tenants:
              acme: { tier: house, keys: { app: { secret: key-of-the-search-app, endUsers: { max: 10k, tier: free, mayClaim: [ free, pro ] } } } }
            """;

    @TempDir
    Path data;

    private final Set<String> failures = ConcurrentHashMap.newKeySet();

    @Test
    void eachOfTenThousandStopsAtHisOwnLimitAndNoneIsInAMetric() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start()) {
            Map<String, String> names = Map.of("oracle", oracle.uri().toString());
            try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION, names)) {
                everybody(person -> {
                    for (int i = 0; i < allowed(person); i++) {
                        expect(atlas, person, 200);
                    }
                    expect(atlas, person, 429);
                });
                assertThat(oracle.journal().all()).hasSize(PEOPLE + PEOPLE / PAYING);
                expect(atlas, PEOPLE, 403);
                noneIsInAMetric(atlas);
            }
            try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION, names)) {
                everybody(person -> expect(atlas, person, 429));
                expect(atlas, PEOPLE, 403);
                noneIsInAMetric(atlas);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void noneIsInAMetric(RunningAtlas atlas) throws Exception {
        String metrics = atlas.admin("/metrics").expect(200).body();
        assertThat(metrics).doesNotContain("endUsers").doesNotContain("person-");
        Set<String> names = new HashSet<>();
        for (int person : List.of(0, 1, PEOPLE - 1)) {
            JsonNode quota = atlas.get(headers(person), "/v1/quota").expect(200).json();
            names.add(quota.path("end_user").asString());
        }
        assertThat(names).hasSize(3).noneMatch(metrics::contains);
        assertThat(metrics.lines()).hasSizeLessThan(500);
    }

    private interface Deed {
        void of(int person) throws Exception;
    }

    private static void everybody(Deed deed) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Integer> people =
                    new java.util.ArrayList<>(IntStream.range(0, PEOPLE).boxed().toList());
            Collections.shuffle(people, new java.util.Random(1));
            List<Future<?>> done = new java.util.ArrayList<>();
            for (int person : people) {
                done.add(clients.submit(() -> {
                    deed.of(person);
                    return person;
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        }
    }

    private void expect(RunningAtlas atlas, int person, int status) throws Exception {
        Reply reply = atlas.chat(headers(person), CHAT);
        if (reply.status() != status) {
            failures.add("person-" + person + ": " + reply.status() + " " + reply.body());
        }
    }

    private static int allowed(int person) {
        return person % PAYING == 0 ? 2 : 1;
    }

    private static Map<String, String> headers(int person) {
        Map<String, String> headers = new HashMap<>();
        headers.put("authorization", "Bearer " + KEY);
        headers.put("x-atlas-user", "person-" + person + "@example.com");
        if (allowed(person) > 1) {
            headers.put("x-atlas-tier", "pro");
        }
        return headers;
    }
}
