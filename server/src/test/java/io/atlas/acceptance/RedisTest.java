package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.app.StartException;
import io.atlas.endings.Await;
import io.atlas.testing.RealRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Gateways over one Redis: they share every limit, and none of them is at its mercy. */
@Timeout(120)
class RedisTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final int WARM = 50;
    private static final long HEALED_SECONDS = 5;

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
              two: { models: [ "*" ], limits: [ { requests: 2, per: day } ] }
            tenants:
              twenty: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-the-twenty } } }
              rich:
                tier: free
                limits: [ { tokens: 1M, per: day }, { cost: "1000 USD", per: month }, { requests: 10k, per: minute }, { concurrent: 64 } ]
                keys: { app: { secret: key-of-the-rich-one } }
              rated: { tier: free, limits: [ { requests: 100, per: hour } ], keys: { app: { secret: key-of-the-rated-one } } }
              crowd: { tier: free, keys: { app: { secret: key-of-the-crowds-app, endUsers: { max: 10, tier: two } } } }
            """;

    private static final String RATED = "key-of-the-rated-one";
    private static final String RICH = "key-of-the-rich-one";
    private static final String TWENTY = "key-of-the-twenty";

    RedisTest() {
        super(CONFIGURATION);
    }

    @Test
    void twoGatewaysServeExactlyWhatOneBudgetIsFor() throws Exception {
        List<RunningAtlas> nodes = List.of(gateway("one"), gateway("two"));
        for (RunningAtlas node : nodes) {
            warm(node);
        }
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            nodes.forEach(node -> asked.add(node.chatLater(TWENTY, CHAT)));
        }
        List<Reply> replies = asked.stream().map(CompletableFuture::join).toList();
        long served = replies.stream().filter(reply -> reply.status() == 200).count();
        // A busy machine may take Redis for away, and refuse; what it did not serve then is still there.
        if (replies.stream().anyMatch(reply -> reply.status() == 503)) {
            assertThat(served).isLessThanOrEqualTo(20);
        } else {
            assertThat(served).isEqualTo(20);
        }
        assertThat(replies.stream().filter(reply -> reply.status() != 200))
                .allMatch(reply -> reply.code().startsWith("quota_"));
        for (RunningAtlas node : nodes) {
            awaitServedByRedis(node);
        }
        for (long left = 20 - served; left > 0; left--) {
            assertThat(nodes.getFirst().chat(TWENTY, CHAT).status()).isEqualTo(200);
        }
        assertThat(nodes.getLast().chat(TWENTY, CHAT).status()).isIn(429, 503);
    }

    @Test
    void aPersonBehindAKeyIsTheSameToAllOfThemAfterALossToo() throws Exception {
        RunningAtlas one = gateway("one");
        RunningAtlas other = gateway("two");
        assertThat(askedByAda(one)).isEqualTo(200);
        redis.restart();
        awaitServedByRedis(one);
        awaitServedByRedis(other);
        assertThat(askedByAda(other)).isEqualTo(200);
        assertThat(askedByAda(one)).isEqualTo(429);
        assertThat(askedByAda(other)).isEqualTo(429);
        assertThat(askedByAda(gateway("three"))).isEqualTo(429);
    }

    /** The status, once Redis is there to decide: on a busy machine a cold node takes it for away. */
    private static int askedByAda(RunningAtlas node) throws Exception {
        Map<String, String> ada = Map.of("authorization", "Bearer key-of-the-crowds-app", "x-atlas-user", "ada");
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        int status = node.chat(ada, CHAT).status();
        while (status == 503 && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            status = node.chat(ada, CHAT).status();
        }
        return status;
    }

    @Test
    void aGatewayThatStartsAgainFindsWhatWasUsed() throws Exception {
        RunningAtlas first = gateway("one");
        RunningAtlas other = gateway("two");
        for (int i = 0; i < 5; i++) {
            assertThat(first.chat(RICH, CHAT).status()).isEqualTo(200);
            assertThat(other.chat(RICH, CHAT).status()).isEqualTo(200);
        }
        long used = used(other, "rich:tokens/day");
        assertThat(used).isPositive();
        running.remove(first);
        first.close();
        RunningAtlas again = gateway("one");
        assertThat(used(again, "rich:tokens/day")).isEqualTo(used);
    }

    @Test
    void anEmptiedRedisIsFilledFromTheLedgersOfAll() throws Exception {
        RunningAtlas one = gateway("one");
        RunningAtlas other = gateway("two");
        for (int i = 0; i < 5; i++) {
            assertThat(one.chat(RICH, CHAT).status()).isEqualTo(200);
            assertThat(other.chat(RICH, CHAT).status()).isEqualTo(200);
        }
        long used = used(one, "rich:tokens/day");
        long oneRequest = used / 10;
        redis.restart();
        awaitServedByRedis(one);
        awaitServedByRedis(other);
        awaitUsed(one, oneRequest * oracle.journal().all().size());
    }

    @Test
    void aDeadRedisLeavesEachGatewayItsShare() throws Exception {
        RunningAtlas one = gateway("one");
        warm(one);
        assertThat(one.chat(TWENTY, CHAT).status()).isEqualTo(200);
        redis.kill();
        assertThat(one.chat(RICH, CHAT).status()).isEqualTo(200);
        Reply refused = one.chat(TWENTY, CHAT);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("quota_unavailable");
        assertThat(refused.maybe("retry-after")).isPresent();
        assertThat(one.get(RICH, "/readyz").body()).contains("quota store: away");
        assertThat(one.admin("/metrics").body()).contains("atlas_quota_store_away 1.0");
        redis.restart();
        awaitServedByRedis(one);
        assertThat(one.admin("/metrics").body()).contains("atlas_quota_store_away 0.0");
        assertThat(used(one, "twenty:requests/day", TWENTY)).isEqualTo(1);
    }

    @Test
    void aFrozenRedisKeepsNobodyWaiting() throws Exception {
        RunningAtlas one = gateway("one");
        warm(one);
        long oneRequest = used(one, "rich:tokens/day") / WARM;
        redis.freeze();
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            long begun = System.nanoTime();
            assertThat(one.chat(RICH, CHAT).status()).isEqualTo(200);
            micros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
        }
        assertThat(micros.stream().mapToLong(Long::longValue).max().orElseThrow())
                .as("the slowest, in microseconds")
                .isLessThan(1_000_000);
        redis.thaw();
        awaitServedByRedis(one);
        awaitUsed(one, oneRequest * oracle.journal().all().size());
    }

    @Test
    void aGatewayStartsWithoutRedisAndServesByItWhenItComes() throws Exception {
        redis.kill();
        RunningAtlas one = gateway("one");
        assertThat(one.get(RATED, "/readyz").body()).contains("quota store: away");
        assertThat(one.chat(RATED, CHAT).status()).isEqualTo(200);
        assertThat(one.chat(RICH, CHAT).code()).isEqualTo("quota_unavailable");
        redis.restart();
        Await.until("Redis is asked", () -> !one.get(RATED, "/readyz").body().contains("away"));
        assertThat(one.chat(RICH, CHAT).status()).isEqualTo(200);
        assertThat(used(one, "rated:requests/hour", RATED)).isEqualTo(1);
    }

    @Test
    void aRedisThatMayForgetIsRefusedAtTheStart() {
        try (RealRedis forgetful = RealRedis.start("--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lru")) {
            assertThatThrownBy(() -> gateway("one", forgetful.url()))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("allkeys-lru (expected: noeviction)");
        }
    }

    private static void warm(RunningAtlas node) throws Exception {
        for (int i = 0; i < WARM; i++) {
            assertThat(node.chat(RICH, CHAT).status()).isEqualTo(200);
        }
    }

    private static void awaitServedByRedis(RunningAtlas node) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        do {
            assertThat(node.chat(RICH, CHAT).status()).isEqualTo(200);
            if (!node.get(RICH, "/readyz").body().contains("away")) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        } while (System.nanoTime() < until);
        throw new AssertionError("not healed within " + HEALED_SECONDS + " s");
    }

    private static long used(RunningAtlas node, String limit) throws Exception {
        return used(node, limit, RICH);
    }

    /** What ended while Redis was coming back is said a moment later. */
    private static void awaitUsed(RunningAtlas node, long expected) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        while (used(node, "rich:tokens/day") != expected && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        assertThat(used(node, "rich:tokens/day")).isEqualTo(expected);
    }

    /** What is used, once nothing is held and Redis is there to say so. */
    private static long used(RunningAtlas node, String limit, String key) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        while (true) {
            JsonNode one = node.get(key, "/v1/quota")
                    .json()
                    .path("limits")
                    .valueStream()
                    .filter(there -> there.path("id").asString("").equals(limit))
                    .findFirst()
                    .orElseThrow();
            if (one.path("held").asLong(-1) == 0
                    && !node.get(key, "/readyz").body().contains("away")) {
                return one.path("used").asLong(-1);
            }
            assertThat(System.nanoTime()).as("held: " + one).isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
