package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.testing.RealCluster;
import io.atlas.testing.RealRedis;
import io.lettuce.core.api.sync.RedisServerCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways over a cluster whose three servers keep the counters of a third of the tenants each. */
@Timeout(240)
class ClusterTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final String RICH = "key-of-the-rich-one";
    private static final String SIXTY = "key-of-the-sixty";
    private static final String TWENTY = "key-of-one-of-the-twenties-";

    /** Three with a budget, of each third one. */
    private static final int TWENTIES = 3;

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            limits: [ { requests: 100k, per: day } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle } ]
                limits: [ { concurrent: 1k } ]
              slow-20-50: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              rich: { tier: free, limits: [ { tokens: 900M, per: day } ], keys: { app: { secret: key-of-the-rich-one } } }
              sixty: { tier: free, limits: [ { requests: 60, per: day } ], keys: { app: { secret: key-of-the-sixty } } }
              twenty-0: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-0 } } }
              twenty-1: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-1 } } }
              twenty-2: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-2 } } }
            """;

    private RealCluster cluster;
    private List<RunningAtlas> nodes = List.of();

    ClusterTest() {
        super(CONFIGURATION);
    }

    @BeforeEach
    void start() throws Exception {
        cluster = RealCluster.start(folder);
        nodes = List.of(gateway("one", cluster.url()), gateway("two", cluster.url()));
        for (RunningAtlas node : nodes) {
            for (int i = 0; i < 20; i++) {
                assertThat(served(node, RICH)).isEqualTo(1);
            }
            awaitWell(node);
        }
        // Who has never seen another waits for nobody when a server is empty.
        long before = looks();
        Await.until("each has seen the other", () -> looks() >= before + 2L * nodes.size());
    }

    /** How often it was asked by now who is there: a node asks four times a second. */
    private long looks() {
        return cluster.of("rich")
                .tell(server -> server.info("commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_zrange:"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".*?calls=(\\d+).*", "$1")))
                .sum();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void bothTogetherServeEachTenantWhatHeMayWhicheverServerCountsIt() throws Exception {
        assertThat(List.of(cluster.of("twenty-0"), cluster.of("twenty-1"), cluster.of("twenty-2")))
                .doesNotHaveDuplicates();
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            for (int tenant = 0; tenant < TWENTIES; tenant++) {
                asked.add(nodes.get(i % 2).chatLater(TWENTY + tenant, CHAT));
            }
        }
        asked.forEach(CompletableFuture::join);
        for (RunningAtlas node : nodes) {
            awaitWell(node);
            for (int tenant = 0; tenant < TWENTIES; tenant++) {
                // What a busy machine took for away, and refused, is still there.
                for (int i = 0; i < 20; i++) {
                    served(node, TWENTY + tenant);
                }
                awaitUsed(node, TWENTY + tenant, "twenty-" + tenant + ":requests/day", 20);
            }
        }
        assertThat(oracle.journal().all()).hasSize(40 + TWENTIES * 20);
        awaitUsed(nodes.getFirst(), RICH, "gateway:requests/day", 40 + TWENTIES * 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "flushed"})
    void aServerThatIsEmptyGivesNobodyWhatAnotherNodeHasUsed(String how) throws Exception {
        Consumer<RealRedis> loss =
                how.equals("killed") ? RealRedis::restart : to -> to.tell(RedisServerCommands::flushall);
        RunningAtlas idle = nodes.getFirst();
        RunningAtlas busy = nodes.getLast();
        for (int tenant = 0; tenant < TWENTIES; tenant++) {
            String key = TWENTY + tenant;
            int served = 0;
            for (int i = 0; i < 60 && served < 20; i++) {
                served += served(busy, key);
            }
            assertThat(served).isEqualTo(20);
            loss.accept(cluster.of("twenty-" + tenant));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (System.nanoTime() < until) {
                assertThat(served(idle, key)).as("tenant %d", tenant).isZero();
            }
            awaitWell(idle);
            awaitWell(busy);
            assertThat(served(idle, key) + served(busy, key)).isZero();
            awaitUsed(idle, key, "twenty-" + tenant + ":requests/day", 20);
        }
    }

    @Test
    void whileOneServerIsAwayAllGiveOutTheirShareAndNothingIsForgotten() throws Exception {
        RealRedis dead = cluster.of("twenty-1");
        dead.kill();
        for (RunningAtlas node : nodes) {
            Await.until("away", () -> node.get(RICH, "/readyz").body().contains("away"));
            assertThat(served(node, RICH)).isEqualTo(1);
            assertThat(node.chat(TWENTY + 1, CHAT).code()).isEqualTo("quota_unavailable");
        }
        dead.restart();
        int served = 0;
        for (RunningAtlas node : nodes) {
            awaitWell(node);
            for (int i = 0; i < 20; i++) {
                served += served(node, TWENTY + 1);
            }
        }
        assertThat(served).isEqualTo(20);
        awaitUsed(nodes.getFirst(), RICH, "rich:tokens/day", 46L * 42);
    }

    @Test
    void anotherServerTakesOverUnderLoadAndNothingIsServedTwice() throws Exception {
        RealRedis replica = cluster.replicate(cluster.of("sixty"));
        AtomicBoolean going = new AtomicBoolean(true);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> load = nodes.stream()
                    .map(node -> callers.submit(() -> load(node, going)))
                    .toList();
            int served = 0;
            for (int i = 0; i < 40; i++) {
                served += served(nodes.get(i % 2), SIXTY);
            }
            cluster.of("sixty").kill();
            Await.until(
                    "taken over",
                    () -> replica.tell(server -> server.info("replication")).contains("role:master"));
            for (RunningAtlas node : nodes) {
                awaitWell(node);
            }
            for (int i = 0; i < 60; i++) {
                served += served(nodes.get(i % 2), SIXTY);
            }
            going.set(false);
            int rich = 40;
            for (Future<Integer> one : load) {
                rich += one.get();
            }
            assertThat(served).isEqualTo(60);
            assertThat(rich + served).isEqualTo(oracle.journal().all().size());
            for (RunningAtlas node : nodes) {
                awaitUsed(node, SIXTY, "sixty:requests/day", 60);
                awaitUsed(node, RICH, "rich:tokens/day", 46L * rich);
            }
        }
    }

    @Test
    void aRetryFindsItsAnswerOnTheOtherNodeAndTheBackendsOrderIsKept() throws Exception {
        String mark = UUID.randomUUID().toString();
        Chat chat = Chat.of("slow-20-50", "one of " + mark).maxTokens(100).mark(mark);
        CompletableFuture<Reply> first = nodes.getFirst()
                .chatLater(Map.of("authorization", "Bearer " + RICH, "x-stainless-retry-count", "0"), chat);
        oracle.journal().await(mark, Duration.ofSeconds(10));

        Reply retry = nodes.getLast()
                .chat(Map.of("authorization", "Bearer " + RICH, "x-stainless-retry-count", "1"), chat)
                .expect(200);

        assertThat(first.join().status()).isEqualTo(200);
        assertThat(retry.header("x-atlas-model")).isEqualTo("slow-20-50");
        assertThat(oracle.journal().of(mark)).hasSize(1);
        for (RunningAtlas node : nodes) {
            Await.until(
                    "the order is there",
                    () -> node.metric("atlas_backend_order{backend=\"oracle\",order=\"leased\"}") == 1);
        }
    }

    private static int load(RunningAtlas node, AtomicBoolean going) throws Exception {
        int served = 0;
        while (going.get()) {
            served += served(node, RICH);
        }
        return served;
    }

    private static int served(RunningAtlas node, String key) throws Exception {
        return node.chat(key, CHAT).status() == 200 ? 1 : 0;
    }
}
