package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked for at one node alone is known at the others, too. */
@Timeout(120)
class AdaptiveRatesOfAllNodesTest extends GatewaysOverRedis {
    private static final String KEY = "key-of-the-busy-one";
    private static final Chat CHAT = Chat.ofTokens("slow-5-20", 20).maxTokens(1);
    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            backends:
              oracle: { type: vllm, url: "${oracle}", concurrency: 8 }
            models:
              slow-5-20: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: oracle } ] }
            tiers: { all: { models: [ "*" ] } }
            tenants:
              busy:
                tier: all
                limits: [ { requests: 600, per: minute, adaptive: { floor: 300, cap: 6000 } } ]
                keys: { app: { secret: key-of-the-busy-one } }
            """;

    private final AtomicBoolean over = new AtomicBoolean();

    AdaptiveRatesOfAllNodesTest() {
        super(CONFIGURATION);
    }

    @Test
    void aNodeAtWhichNobodyAsksLetsTheRateRiseWithTheOthers() throws Exception {
        RunningAtlas one = gateway("one");
        RunningAtlas two = gateway("two");
        for (int caller = 0; caller < 2; caller++) {
            keepAsking(one);
        }
        Await.until("it has risen where nobody asks", () -> amount(two) > 600);
        assertThat(amount(two)).isLessThanOrEqualTo(6_000);
        over.set(true);
    }

    private void keepAsking(RunningAtlas atlas) {
        CompletableFuture<Void> _ = atlas.chatLater(KEY, CHAT).thenAccept(_ -> {
            if (!over.get()) {
                keepAsking(atlas);
            }
        });
    }

    private static long amount(RunningAtlas atlas) throws Exception {
        return atlas.admin("/admin/v1/quota?tenant=busy")
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString().endsWith(":requests/minute"))
                .findFirst()
                .orElseThrow()
                .path("amount")
                .asLong();
    }
}
