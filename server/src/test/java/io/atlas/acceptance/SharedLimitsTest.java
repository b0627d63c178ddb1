package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import io.atlas.testing.RealRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Gateways over one Redis share the limits of the whole gateway and of its models, by leases. */
@Timeout(120)
class SharedLimitsTest {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final long HEALED_SECONDS = 5;
    private static final String ONE = "key-of-the-first-tenant";
    private static final String OTHER = "key-of-the-other-tenant";

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            limits: [ { requests: 90, per: day }, { tokens: 1M, per: day }, { tokens: 1M, per: minute } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle } ]
                limits: [ { concurrent: 300 } ]
            tiers:
              free: { models: [ "*" ] }
            tenants:
              one: { tier: free, keys: { app: { secret: key-of-the-first-tenant } } }
              other: { tier: free, limits: [ { tokens: 1M, per: day } ], keys: { app: { secret: key-of-the-other-tenant } } }
            """;

    @TempDir
    private Path folder;

    private final RealRedis redis = RealRedis.start();
    private final OracleUpstream oracle = OracleUpstream.start();
    private final List<RunningAtlas> running = new ArrayList<>();

    @AfterEach
    void stop() {
        running.forEach(RunningAtlas::close);
        oracle.close();
        redis.close();
    }

    @Test
    void twoGatewaysServeExactlyWhatBothOfThemMay() throws Exception {
        List<RunningAtlas> nodes = List.of(gateway("one"), gateway("two"));
        for (int i = 0; i < 35; i++) {
            for (RunningAtlas node : nodes) {
                assertThat(node.chat(i % 2 == 0 ? ONE : OTHER, CHAT).status()).isEqualTo(200);
            }
        }
        for (RunningAtlas node : nodes) {
            awaitUsed(node, "gateway:requests/day", 70);
        }
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String key = i % 2 == 0 ? ONE : OTHER;
            nodes.forEach(node -> asked.add(node.chatLater(key, CHAT)));
        }
        long served =
                asked.stream().filter(reply -> reply.join().status() == 200).count();
        assertThat(served).isLessThanOrEqualTo(20);
        assertThat(asked.stream().filter(reply -> reply.join().status() != 200))
                .allMatch(reply -> reply.join().code().startsWith("quota_"));
        // A busy machine may take Redis for away, and refuse; what it did not serve then is still there.
        for (RunningAtlas node : nodes) {
            awaitWell(node);
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        while (served < 20 && System.nanoTime() < until) {
            served += nodes.getFirst().chat(ONE, CHAT).status() == 200 ? 1 : 0;
        }
        assertThat(served).isEqualTo(20);
        awaitUsed(nodes.getLast(), "gateway:requests/day", 90);
        Reply refused = nodes.getLast().chat(OTHER, CHAT);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("quota_exhausted");
    }

    @Test
    void anEmptiedRedisIsFilledFromTheLedgersOfAll() throws Exception {
        List<RunningAtlas> nodes = List.of(gateway("one"), gateway("two"));
        for (int i = 0; i < 10; i++) {
            for (RunningAtlas node : nodes) {
                assertThat(node.chat(ONE, CHAT).status()).isEqualTo(200);
            }
        }
        awaitUsed(nodes.getFirst(), "gateway:requests/day", 20);
        redis.restart();
        for (RunningAtlas node : nodes) {
            awaitWell(node);
        }
        awaitUsed(nodes.getFirst(), "gateway:requests/day", 20);
        assertThat(nodes.getFirst().chat(ONE, CHAT).status()).isEqualTo(200);
        awaitUsed(nodes.getLast(), "gateway:requests/day", 21);
    }

    @Test
    void aGatewayThatStartsAgainFindsWhatWasUsed() throws Exception {
        RunningAtlas first = gateway("one");
        RunningAtlas other = gateway("two");
        for (int i = 0; i < 10; i++) {
            assertThat(first.chat(ONE, CHAT).status()).isEqualTo(200);
            assertThat(other.chat(ONE, CHAT).status()).isEqualTo(200);
        }
        running.remove(first);
        first.close();
        awaitUsed(other, "gateway:requests/day", 20);
        awaitUsed(gateway("one"), "gateway:requests/day", 20);
    }

    private RunningAtlas gateway(String name) {
        RunningAtlas started = RunningAtlas.start(
                folder.resolve(name),
                CONFIGURATION,
                Map.of("oracle", oracle.uri().toString(), "redis", redis.url()));
        running.add(started);
        return started;
    }

    private static void awaitWell(RunningAtlas node) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        while (node.get(ONE, "/readyz").body().contains("away")) {
            assertThat(System.nanoTime()).as("not healed").isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Nothing is held any more, and so much is used. */
    private static void awaitUsed(RunningAtlas node, String limit, long expected) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEALED_SECONDS);
        JsonNode one = limit(node, limit);
        while (System.nanoTime() < until
                && (one.path("used").asLong(-1) != expected || one.path("held").asLong(-1) != 0)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            one = limit(node, limit);
        }
        assertThat(one.path("used").asLong(-1)).as(one.toString()).isEqualTo(expected);
        assertThat(one.path("held").asLong(-1)).as(one.toString()).isZero();
    }

    private static JsonNode limit(RunningAtlas node, String limit) throws Exception {
        return node.get(ONE, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(there -> there.path("id").asString("").equals(limit))
                .findFirst()
                .orElseThrow();
    }
}
