package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A limit on requests at once holds for those that are open, whether Redis was there when they were let in or not. */
@Timeout(180)
class AtOnceWhileAwayTest extends GatewaysOverRedis {
    private static final Chat ECHO = Chat.of("echo", "and I").maxTokens(20);

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            limits: [ { concurrent: 5 } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              tight: { tier: free, limits: [ { concurrent: 4 } ], keys: { app: { secret: key-of-the-tight-one } } }
              loose: { tier: free, limits: [ { requests: 1k, per: minute } ], keys: { app: { secret: key-of-the-loose-one } } }
            """;

    private final FaultProxy way = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    AtOnceWhileAwayTest() {
        super(CONFIGURATION);
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        way.close();
    }

    @ParameterizedTest
    @CsvSource({
        "key-of-the-tight-one, tight:concurrent, 4, false",
        "key-of-the-tight-one, tight:concurrent, 4, true",
        "key-of-the-loose-one, gateway:concurrent, 5, false",
        "key-of-the-loose-one, gateway:concurrent, 5, true"
    })
    void whatIsOpenCountsBeforeWhileAndAfter(String key, String limit, int amount, boolean emptied) throws Exception {
        Chat chat = Chat.of("hang", "wait for me").maxTokens(20).streamed();
        RunningAtlas cut = gateway("one", "redis://127.0.0.1:" + way.port());
        Await.until("Redis is there", () -> !away(cut, key));
        hold(cut, key, chat, 2);
        Await.until("both are open", () -> held(cut, key, limit) == 2);

        way.refuse();
        Await.until("Redis is away", () -> away(cut, key));
        hold(cut, key, chat, amount - 2);
        Await.until("all are open", () -> held(cut, key, limit) == amount);
        assertThat(cut.chat(key, ECHO).expect(429).code()).isEqualTo("concurrency_exceeded");
        open.pop().close();
        Await.until("one has ended", () -> held(cut, key, limit) == amount - 1);
        hold(cut, key, chat, 1);
        Await.until("all are open again", () -> held(cut, key, limit) == amount);

        if (emptied) {
            redis.restart();
        }
        way.heal();
        Await.until("Redis is back", () -> !away(cut, key));
        RunningAtlas other = gateway("two");
        Await.until("all are held there", () -> held(other, key, limit) == amount);
        for (RunningAtlas node : running) {
            Await.until("no more is let in", () -> node.chat(key, ECHO).code().equals("concurrency_exceeded"));
        }
        while (!open.isEmpty()) {
            open.pop().close();
        }
        Await.until("nothing is held", () -> held(other, key, limit) == 0 && held(cut, key, limit) == 0);
        for (RunningAtlas node : running) {
            Await.until("it is served", () -> node.chat(key, ECHO).status() == 200);
        }
    }

    private void hold(RunningAtlas node, String key, Chat chat, int count) {
        for (int i = 0; i < count; i++) {
            open.push(node.hanging(key, chat));
        }
    }

    private static boolean away(RunningAtlas node, String key) throws Exception {
        return node.get(key, "/readyz").body().contains("away");
    }

    private static long held(RunningAtlas node, String key, String limit) throws Exception {
        for (JsonNode one : node.get(key, "/v1/quota").json().path("limits")) {
            if (one.path("id").asString("").equals(limit)) {
                return one.path("held").asLong(-1);
            }
        }
        return -1;
    }
}
