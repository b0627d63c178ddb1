package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a provider allows is known before it is asked: the next region serves before one refuses. */
@Timeout(240)
class PoolsTest {
    private static final String KEY = "key-of-the-worker";
    private static final long TOKENS_PER_MINUTE = 100_000;
    private static final long EACH = 500;
    private static final double SECONDS = 20;
    private static final int MOST_RUNS = 5;
    private static final int LOOK_MILLIS = 50;
    private static final String MEMORY = "quota: { store: memory }\n";
    private static final String REDIS = "quota: { store: redis, redis: { url: \"${redis}\" } }\n";
    private static final String CONFIGURATION = """
            backends:
              one: { type: openai, url: "${one}", health: { check: never } }
              two: { type: openai, url: "${two}", health: { check: never } }
              three: { type: openai, url: "${three}", health: { check: never } }
            pools:
              east: { limits: [ { tokens: 100k, per: minute } ] }
              west: { limits: [ { tokens: 100k, per: minute } ] }
              north: { limits: [ { tokens: 100k, per: minute } ] }
              few: { limits: [ { requests: 2, per: hour } ] }
              unknown: {}
            models:
              large:
                price: { input: "2 USD", output: "8 USD" }
                deployments:
                  - { backend: one, pool: east }
                  - { backend: two, pool: west }
                  - { backend: three, pool: north }
              counted:
                price: { input: "2 USD", output: "8 USD" }
                deployments:
                  - { backend: one, pool: few, cost: { input: "0 USD", output: "0 USD" } }
                  - { backend: two, pool: east }
              scarce: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: one, pool: few } ] }
              told:
                price: { input: "2 USD", output: "8 USD" }
                deployments:
                  - { backend: one, pool: unknown, cost: { input: "0 USD", output: "0 USD" } }
                  - { backend: two, pool: west }
            tiers: { pro: { models: [ "*" ] } }
            tenants: { worker: { tier: pro, limits: [ { tokens: 100M, per: day } ], keys: { app: { secret: key-of-the-worker } } } }
            """;

    @TempDir
    Path folder;

    private final List<MeteredProvider> providers = new ArrayList<>();
    private final List<RunningAtlas> nodes = new ArrayList<>();
    private final List<AutoCloseable> others = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        nodes.forEach(RunningAtlas::close);
        providers.forEach(MeteredProvider::close);
        for (AutoCloseable other : others) {
            other.close();
        }
        nodes.clear();
        providers.clear();
        others.clear();
    }

    @Test
    void fiveSixthsOfWhatThreePoolsHaveIsServedWithoutARefusal() throws Exception {
        providers(MeteredProvider.Manner.IS_SILENT);
        nodes.add(node("only", MEMORY, Map.of()));

        Offered offered = offer(5.0 / 6);

        assertThat(offered.refusedByProviders())
                .as("429s of providers: %s", offered)
                .isLessThanOrEqualTo(offered.sent() / 1_000);
        assertThat(offered.served()).as("served of what was offered").isGreaterThanOrEqualTo(offered.sent() * 95 / 100);
    }

    @Test
    void whereMoreIsAskedThanThereIsNearlyAllOfThreePoolsIsUsedAndNoProviderRefuses() throws Exception {
        providers(MeteredProvider.Manner.IS_SILENT);
        nodes.add(node("only", MEMORY, Map.of()));

        assertNearlyAllUsed(offer(1.5));
    }

    @Test
    void whoseMinuteBeginsAnewIsAskedNoMoreOnceItSaysThatNothingIsLeft() throws Exception {
        providers(MeteredProvider.Manner.BEGINS_ANEW);
        nodes.add(node("only", MEMORY, Map.of()));

        Offered offered = offer(1.2);

        assertThat(offered.refusedByProviders())
                .as("429s of providers: %s", offered)
                .isLessThanOrEqualTo(offered.sent() / 1_000);
        assertThat(offered.countedByProviders() / (3.0 * TOKENS_PER_MINUTE))
                .as("used of a minute")
                .isGreaterThan(0.95);
    }

    /** A busy machine may take Redis for away; what nodes give out then is another matter, and such a run says nothing. */
    @Test
    void twoNodesShareThePoolsThroughTheirRedis() throws Exception {
        Optional<Offered> offered = Optional.empty();
        for (int run = 0; run < MOST_RUNS && offered.isEmpty(); run++) {
            stop();
            RealRedis redis = RealRedis.start();
            others.add(redis);
            providers(MeteredProvider.Manner.IS_SILENT);
            nodes.add(node("first" + run, REDIS, Map.of("redis", redis.url())));
            nodes.add(node("second" + run, REDIS, Map.of("redis", redis.url())));
            offered = whileRedisIsThere(() -> offer(1.5));
        }

        assertNearlyAllUsed(offered.orElseThrow());
    }

    private Optional<Offered> whileRedisIsThere(Supplier<Offered> run) throws InterruptedException {
        AtomicBoolean away = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        Thread watch = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                nodes.stream().filter(PoolsTest::away).forEach(_ -> away.set(true));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            }
        });
        Offered offered = run.get();
        over.set(true);
        watch.join();
        return away.get() ? Optional.empty() : Optional.of(offered);
    }

    private static boolean away(RunningAtlas node) {
        try {
            return node.get(KEY, "/readyz").body().contains("away");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatIsUsedUpSpillsToTheNextAndTheReceiptSaysWhy() throws Exception {
        RunningAtlas atlas = started();
        Chat chat = Chat.of("counted", "hello").maxTokens(10);
        atlas.chat(KEY, chat).expect(200);
        atlas.chat(KEY, chat).expect(200);

        Reply spilt = atlas.chat(KEY, chat).expect(200);

        assertThat(providers.getFirst().served()).isEqualTo(2);
        assertThat(providers.get(1).served()).isEqualTo(1);
        assertThat(standings(atlas, spilt)).containsExactly("pool", "chosen");
        assertThat(atlas.metric("atlas_pool_used_ratio{pool=\"few\"}")).isGreaterThan(0.9);
        assertThat(atlas.get(KEY, "/v1/quota").body()).doesNotContain("pool");
        assertThat(spilt.headers().map().keySet()).noneMatch(name -> name.contains("pool"));
    }

    @Test
    void whereAllAreUsedUpTheCallerIsToldWhenToComeBackAndPaysNothing() throws Exception {
        RunningAtlas atlas = started();
        Chat chat = Chat.of("scarce", "hello").maxTokens(10);
        atlas.chat(KEY, chat).expect(200);
        atlas.chat(KEY, chat).expect(200);

        Reply refused = atlas.chat(KEY, chat).expect(503);

        assertThat(refused.code()).isEqualTo("overloaded");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1_700, 1_800);
        assertThat(standings(atlas, refused)).containsExactly("pool");
        assertThat(providers.getFirst().served()).isEqualTo(2);
        assertThat(used(atlas)).isEqualTo(40);
    }

    @Test
    void whatNoPoolCanEverHoldIsTheCallersToMend() throws Exception {
        RunningAtlas atlas = started();

        Reply refused =
                atlas.chat(KEY, Chat.of("large", "hello").maxTokens(120_000)).expect(400);

        assertThat(refused.code()).isEqualTo("request_exceeds_limit");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void aPoolWithoutLimitsIsKnownByWhatItsProviderSays() throws Exception {
        RunningAtlas atlas = started();
        Chat chat = Chat.of("told", "hello").maxTokens(490);
        atlas.chat(KEY, chat).expect(200);
        assertThat(providers.getFirst().served()).isEqualTo(1);
        providers.getFirst().usedElsewhere(TOKENS_PER_MINUTE - 2 * EACH);
        atlas.chat(KEY, chat).expect(200);

        Reply spilt = atlas.chat(KEY, chat).expect(200);

        assertThat(providers.getFirst().served()).isEqualTo(2);
        assertThat(providers.getFirst().refused()).isZero();
        assertThat(standings(atlas, spilt)).containsExactly("pool", "chosen");
    }

    private record Offered(int sent, int served, int refusedByProviders, long countedByProviders, double seconds) {}

    /** That many times what all providers can take in that time, evenly. */
    private Offered offer(double share) {
        double capacity = capacity(SECONDS);
        int requests = (int) (capacity * share / EACH);
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            long due = began + (long) (SECONDS * 1e9 * i / requests);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(Math.min(due - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(5)));
            }
            asked.add(nodes.get(i % nodes.size())
                    .chatLater(KEY, Chat.of("large", "hello " + i).maxTokens(490)));
        }
        int served = (int)
                asked.stream().filter(reply -> reply.join().status() == 200).count();
        double seconds = (System.nanoTime() - began) / 1e9;
        assertThat(asked)
                .allMatch(reply ->
                        reply.join().status() == 200 || reply.join().code().equals("overloaded"));
        return new Offered(
                requests,
                served,
                providers.stream().mapToInt(MeteredProvider::refused).sum(),
                providers.stream().mapToLong(MeteredProvider::counted).sum(),
                seconds);
    }

    /** What three full buckets hold, and what they get in that time. */
    private static double capacity(double seconds) {
        return 3 * TOKENS_PER_MINUTE * (1 + seconds / 60);
    }

    private static void assertNearlyAllUsed(Offered offered) {
        assertThat(offered.refusedByProviders())
                .as("429s of providers: %s", offered)
                .isLessThanOrEqualTo(offered.sent() / 1_000);
        assertThat(offered.countedByProviders() / capacity(SECONDS))
                .as("used of what there was: %s", offered)
                .isGreaterThan(0.95);
    }

    private RunningAtlas started() {
        providers(MeteredProvider.Manner.TELLS);
        RunningAtlas atlas = node("only", MEMORY, Map.of());
        nodes.add(atlas);
        return atlas;
    }

    private void providers(MeteredProvider.Manner manner) {
        for (int i = 0; i < 3; i++) {
            providers.add(MeteredProvider.start(TOKENS_PER_MINUTE, manner));
        }
    }

    private RunningAtlas node(String name, String store, Map<String, String> more) {
        Map<String, String> names = new HashMap<>(more);
        names.put("one", providers.get(0).url());
        names.put("two", providers.get(1).url());
        names.put("three", providers.get(2).url());
        return RunningAtlas.start(folder.resolve(name), store + CONFIGURATION, names);
    }

    private static List<String> standings(RunningAtlas atlas, Reply reply) throws Exception {
        JsonNode receipt = atlas.get(KEY, "/v1/decisions/" + reply.header("x-request-id"))
                .expect(200)
                .json();
        return receipt.path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString("").equals("choose"))
                .flatMap(step -> step.path("candidates").valueStream())
                .map(candidate -> candidate.path("standing").asString(""))
                .toList();
    }

    private static long used(RunningAtlas atlas) throws Exception {
        return atlas.get(KEY, "/v1/quota")
                .json()
                .path("limits")
                .get(0)
                .path("used")
                .asLong();
    }
}
