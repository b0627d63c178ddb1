package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node whose Redis goes away while it holds a lease on a limit of all gives that out, and no more. */
@Timeout(180)
class LeaseLossTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final String KEY = "key-of-the-only-tenant";

    /** A hundredth of it is none: whatever is given out away from Redis is of a lease. */
    private static final int AMOUNT = 99;

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            limits: [ { requests: 99, per: day } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              only: { tier: free, keys: { app: { secret: key-of-the-only-tenant } } }
            """;

    private final FaultProxy way = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));

    LeaseLossTest() {
        super(CONFIGURATION);
    }

    @AfterEach
    void stop() {
        way.close();
    }

    @Test
    void whatIsLeasedIsSpentWhileRedisIsAwayAndCountsOnce() throws Exception {
        RunningAtlas cut = gateway("one", "redis://127.0.0.1:" + way.port());
        RunningAtlas other = gateway("two", redis.url());
        int served = served(other, 1);
        int away = 0;
        for (int episode = 0; episode < 2 || (away == 0 && episode < 4); episode++) {
            List<CompletableFuture<Reply>> before = holdSomeToSpare(cut);
            way.refuse();
            int there = served(cut, 3);
            served += served(before);
            // The other may have what is left, but for what is leased.
            served += there + served(other, 1);
            away += there;
            way.heal();
            awaitWell(cut);
        }
        assertThat(away).as("given out of leases").isPositive();
        Await.until("nothing is leased", () -> level(other, "held") == 0);
        for (int ask = 0; ask < 3; ask++) {
            served += served(cut, AMOUNT) + served(other, AMOUNT);
            awaitWell(cut);
            awaitWell(other);
        }
        assertThat(served).isEqualTo(AMOUNT);
        for (RunningAtlas node : running) {
            Await.until("all is used", () -> level(node, "used") == AMOUNT && level(node, "held") == 0);
        }
    }

    /** Who has given out many at once asks for some to spare with the next, unless that comes much later. */
    private List<CompletableFuture<Reply>> holdSomeToSpare(RunningAtlas node) throws Exception {
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int some : new int[] {15, 3}) {
            int sent = oracle.journal().all().size() + some;
            List<CompletableFuture<Reply>> these = ask(node, some);
            Await.until(
                    "let through or refused",
                    () -> oracle.journal().all().size() >= sent
                            || these.stream().allMatch(CompletableFuture::isDone));
            asked.addAll(these);
        }
        return asked;
    }

    private static List<CompletableFuture<Reply>> ask(RunningAtlas node, int count) {
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(node.chatLater(KEY, CHAT));
        }
        return asked;
    }

    private static int served(RunningAtlas node, int count) {
        return served(ask(node, count));
    }

    private static int served(List<CompletableFuture<Reply>> asked) {
        return (int) asked.stream().filter(one -> one.join().status() == 200).count();
    }

    private static long level(RunningAtlas node, String what) throws Exception {
        return node.get(KEY, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(there -> there.path("id").asString("").equals("gateway:requests/day"))
                .findFirst()
                .orElseThrow()
                .path(what)
                .asLong(-1);
    }
}
