package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.testing.RealRedis;
import io.atlas.testing.RealSentinels;
import io.lettuce.core.RedisException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gateways whose Redis is found through Sentinels: it dies under load, and they go on with its replica. */
@Timeout(180)
class SentinelTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final String SIXTY = "key-of-the-sixty";
    private static final String RICH = "key-of-the-rich-one";

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              rich: { tier: free, limits: [ { tokens: 900M, per: day } ], keys: { app: { secret: key-of-the-rich-one } } }
              sixty: { tier: free, limits: [ { requests: 60, per: day } ], keys: { app: { secret: key-of-the-sixty } } }
            """;

    SentinelTest() {
        super(CONFIGURATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "silent"})
    void anotherMasterTakesOverUnderLoadAndNothingIsServedTwice(String how) throws Exception {
        Consumer<RealRedis> end = how.equals("killed") ? RealRedis::kill : RealRedis::freeze;
        try (RealRedis replica = RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(redis.port()));
                RealSentinels sentinels = RealSentinels.over(redis, folder);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<RunningAtlas> nodes = List.of(gateway("one", sentinels.url()), gateway("two", sentinels.url()));
            AtomicBoolean going = new AtomicBoolean(true);
            List<Future<Integer>> load = nodes.stream()
                    .map(node -> callers.submit(() -> load(node, going)))
                    .toList();
            int served;
            try {
                served = servedThrough(nodes, () -> end.accept(redis), replica);
            } finally {
                going.set(false);
            }
            int rich = 0;
            for (Future<Integer> one : load) {
                rich += one.get();
            }
            assertThat(served).isEqualTo(60);
            assertThat(rich + served).isEqualTo(oracle.journal().all().size());
            for (RunningAtlas node : nodes) {
                Await.until("all is used", () -> used(node, SIXTY, "sixty:requests/day") == 60);
                long tokens = 46L * rich;
                Await.until("all is used", () -> used(node, RICH, "rich:tokens/day") == tokens);
            }
        }
    }

    private static int servedThrough(List<RunningAtlas> nodes, Runnable end, RealRedis replica) throws Exception {
        int served = served(nodes, 25);
        end.run();
        served += served(nodes, 1);
        Await.until("its replica is the master", () -> role(replica).contains("role:master"));
        for (RunningAtlas node : nodes) {
            Await.until("healed", () -> !node.get(RICH, "/readyz").body().contains("away"));
        }
        for (int i = 0; i < 6; i++) {
            served += served(nodes, 5);
        }
        return served;
    }

    /** A server that becomes the master cuts off all who are connected to it. */
    private static String role(RealRedis server) {
        try {
            return server.tell(commands -> commands.info("replication"));
        } catch (RedisException e) {
            return e.toString();
        }
    }

    /** One after the other, for as long as it goes on; how many were served. */
    private static int load(RunningAtlas node, AtomicBoolean going) throws Exception {
        int served = 0;
        while (going.get()) {
            served += node.chat(RICH, CHAT).status() == 200 ? 1 : 0;
        }
        return served;
    }

    private static int served(List<RunningAtlas> nodes, int each) {
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            nodes.forEach(node -> asked.add(node.chatLater(SIXTY, CHAT)));
        }
        return (int) asked.stream().filter(one -> one.join().status() == 200).count();
    }

    private static long used(RunningAtlas node, String key, String limit) throws Exception {
        return node.get(key, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(there -> there.path("id").asString("").equals(limit)
                        && there.path("held").asLong(-1) == 0)
                .mapToLong(there -> there.path("used").asLong(-1))
                .findFirst()
                .orElse(-1);
    }
}
