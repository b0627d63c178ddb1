package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.fault.FaultProxy;
import io.atlas.testing.RealRedis;
import io.lettuce.core.api.sync.RedisServerCommands;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Whatever becomes of Redis, gateways over it serve no more than their limits say. */
@Timeout(180)
class RedisLossTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final long HEALED_SECONDS = 5;
    private static final String FOUR_HUNDRED = "key-of-the-four-hundred";
    private static final String SIXTY = "key-of-the-sixty";
    private static final String RICH = "key-of-the-rich-one";
    private static final String TWENTY = "key-of-one-of-the-twenties-";

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              rich: { tier: free, limits: [ { tokens: 1M, per: day } ], keys: { app: { secret: key-of-the-rich-one } } }
              four-hundred:
                tier: free
                limits: [ { requests: 400, per: day } ]
                keys: { app: { secret: key-of-the-four-hundred } }
              sixty: { tier: free, limits: [ { requests: 60, per: day } ], keys: { app: { secret: key-of-the-sixty } } }
              twenty-0: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-0 } } }
              twenty-1: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-1 } } }
              twenty-2: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-2 } } }
              twenty-3: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-one-of-the-twenties-3 } } }
            """;

    private final List<FaultProxy> ways = new ArrayList<>();

    RedisLossTest() {
        super(CONFIGURATION);
    }

    @AfterEach
    void stop() {
        ways.forEach(FaultProxy::close);
    }

    @Test
    void howeverOftenRedisIsAwayEachNodeIsAheadByOneAllowance() throws Exception {
        RunningAtlas one = gateway("one", way());
        RunningAtlas other = gateway("two", way());
        List<RunningAtlas> nodes = List.of(one, other);
        warm(nodes);
        int served = servedOf(nodes, FOUR_HUNDRED, 390);
        assertThat(served).isEqualTo(390);
        int away = 0;
        for (int episode = 0; episode < 8; episode++) {
            for (int i = 0; i < nodes.size(); i++) {
                ways.get(i).refuse();
                for (int ask = 0; ask < 4; ask++) {
                    away += served(nodes.get(i), FOUR_HUNDRED);
                }
                ways.get(i).heal();
                awaitHealed(nodes.get(i));
            }
        }
        assertThat(away).isPositive();
        served += away;
        for (RunningAtlas node : nodes) {
            for (int ask = 0; ask < 10; ask++) {
                served += served(node, FOUR_HUNDRED);
            }
        }
        // A hundredth is what all of them together may be ahead of Redis.
        assertThat(served).isBetween(400, 404);
        awaitCounted(one, FOUR_HUNDRED, "four-hundred:requests/day", served);
        awaitCounted(other, FOUR_HUNDRED, "four-hundred:requests/day", served);
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "flushed"})
    void anEmptiedRedisGivesNobodyWhatAnotherHasUsed(String how) throws Exception {
        Consumer<RealRedis> loss =
                how.equals("killed") ? RealRedis::restart : to -> to.tell(RedisServerCommands::flushall);
        RunningAtlas idle = gateway("one", redis.url());
        RunningAtlas busy = gateway("two", redis.url());
        warm(List.of(idle, busy));
        for (int round = 0; round < 4; round++) {
            String key = TWENTY + round;
            assertThat(servedOf(List.of(busy), key, 20)).isEqualTo(20);
            loss.accept(redis);
            assertNothingForASecond(idle, key, round);
            awaitHealed(idle);
            awaitHealed(busy);
            assertThat(served(idle, key)).isZero();
            assertThat(served(busy, key)).isZero();
            awaitCounted(idle, key, "twenty-" + round + ":requests/day", 20);
        }
    }

    @Test
    void whatOneWhoHasJustStartedHasUsedIsNotGivenAwayEither() throws Exception {
        RunningAtlas there = gateway("one", redis.url());
        warm(List.of(there));
        for (int round = 0; round < 4; round++) {
            String key = TWENTY + round;
            RunningAtlas started = gateway("started-" + round, redis.url());
            assertThat(servedOf(List.of(started), key, 20)).isEqualTo(20);
            redis.tell(RedisServerCommands::flushall);
            assertNothingForASecond(there, key, round);
            awaitHealed(there);
            awaitHealed(started);
            awaitCounted(there, key, "twenty-" + round + ":requests/day", 20);
        }
    }

    @Test
    void aReplicaThatHasMissedTheLastSecondIsToldOfIt() throws Exception {
        try (RealRedis replica = RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(redis.port()))) {
            String way = way();
            List<RunningAtlas> nodes = List.of(gateway("one", way), gateway("two", way));
            warm(nodes);
            int served = servedOf(nodes, SIXTY, 20);
            awaitReplicated(replica);
            replica.tell(RedisServerCommands::replicaofNoOne);
            served += servedOf(nodes, SIXTY, 30);
            assertThat(served).isEqualTo(50);
            redis.kill();
            ways.getFirst().lead(new InetSocketAddress(InetAddress.getLoopbackAddress(), replica.port()));
            for (RunningAtlas node : nodes) {
                served += served(node, SIXTY);
                awaitHealed(node);
            }
            for (int i = 0; i < 20; i++) {
                for (RunningAtlas node : nodes) {
                    served += served(node, SIXTY);
                }
            }
            assertThat(served).isEqualTo(60);
            awaitCounted(nodes.getLast(), SIXTY, "sixty:requests/day", 60);
        }
    }

    @Test
    void aFullRedisLeavesEachGatewayItsShareUntilThereIsRoom() throws Exception {
        RunningAtlas one = gateway("one", redis.url());
        warm(List.of(one));
        long oneRequest = limit(one, RICH, "rich:tokens/day").path("used").asLong()
                / oracle.journal().all().size();
        redis.tell(server -> server.configSet("maxmemory", "1"));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        do {
            assertThat(served(one, RICH)).isEqualTo(1);
        } while (!one.get(RICH, "/readyz").body().contains("away") && System.nanoTime() < until);
        assertThat(one.get(RICH, "/readyz").body()).contains("away");
        redis.tell(server -> server.configSet("maxmemory", "0"));
        awaitHealed(one);
        assertThat(served(one, RICH)).isEqualTo(1);
        awaitCounted(
                one,
                RICH,
                "rich:tokens/day",
                oneRequest * oracle.journal().all().size());
    }

    private static void assertNothingForASecond(RunningAtlas node, String key, int round) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() < until) {
            assertThat(served(node, key)).as("round %d", round).isZero();
        }
    }

    private String way() {
        FaultProxy way = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));
        ways.add(way);
        return "redis://127.0.0.1:" + way.port();
    }

    private static void warm(List<RunningAtlas> nodes) throws Exception {
        for (RunningAtlas node : nodes) {
            for (int i = 0; i < 50; i++) {
                assertThat(served(node, RICH)).isEqualTo(1);
            }
            awaitHealed(node);
        }
    }

    private static int served(RunningAtlas node, String key) throws Exception {
        return node.chat(key, CHAT).status() == 200 ? 1 : 0;
    }

    /** So many in all, a few at a time, by each node in turn; what a busy machine refused is asked for again. */
    private static int servedOf(List<RunningAtlas> nodes, String key, int count) throws Exception {
        int served = 0;
        for (int round = 0; served < count && round < 2 * count; round++) {
            RunningAtlas node = nodes.get(round % nodes.size());
            List<CompletableFuture<Reply>> asked = new ArrayList<>();
            for (int i = 0; i < Math.min(5, count - served); i++) {
                asked.add(node.chatLater(key, CHAT));
            }
            served += (int)
                    asked.stream().filter(one -> one.join().status() == 200).count();
            awaitHealed(node);
        }
        return served;
    }

    private static void awaitReplicated(RealRedis replica) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        while (!replica.tell(server -> server.info("replication")).contains("master_link_status:up")) {
            assertThat(System.nanoTime()).as("not replicated").isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static void awaitHealed(RunningAtlas node) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        while (node.get(RICH, "/readyz").body().contains("away")) {
            assertThat(System.nanoTime()).as("not healed").isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Nothing is held any more, and so much is used. */
    private static void awaitCounted(RunningAtlas node, String key, String limit, long expected) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        JsonNode one = limit(node, key, limit);
        while (System.nanoTime() < until
                && (one.path("used").asLong(-1) != expected || one.path("held").asLong(-1) != 0)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            one = limit(node, key, limit);
        }
        assertThat(one.path("used").asLong(-1)).as(one.toString()).isEqualTo(expected);
        assertThat(one.path("held").asLong(-1)).as(one.toString()).isZero();
    }

    private static JsonNode limit(RunningAtlas node, String key, String limit) throws Exception {
        return node.get(key, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(there -> there.path("id").asString("").equals(limit))
                .findFirst()
                .orElseThrow();
    }
}
