package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.endings.AtlasProcess;
import io.atlas.endings.Await;
import io.lettuce.core.ScriptOutputType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * Four gateways before one backend, each with one tenant who always has something waiting there; one of them is a process
 * of its own, so that it can be killed. How much is done is counted and not timed, so that a slow machine takes longer and
 * measures the same.
 */
@Timeout(180)
class OrderOfAllNodesTest extends GatewaysOverRedis {
    private static final int PLACES = 6;
    private static final int OUTSTANDING = 12;
    private static final List<Integer> WEIGHTS = List.of(1, 1, 2, 4);
    private static final Chat CHAT = Chat.ofTokens("slow-10-20", 50).maxTokens(20);
    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            backends:
              oracle: { type: vllm, url: "${oracle}", concurrency: 6, queue: 200, queueTimeout: 10m }
            models:
              slow-10-20: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              single: { priority: 0, weight: 1, models: [ "*" ] }
              double: { priority: 0, weight: 2, models: [ "*" ] }
              fourfold: { priority: 0, weight: 4, models: [ "*" ] }
            tenants:
              tenant-0: { tier: single, keys: { app: { secret: tenant-0-key-of-the-order-test } } }
              tenant-1: { tier: single, keys: { app: { secret: tenant-1-key-of-the-order-test } } }
              tenant-2: { tier: double, keys: { app: { secret: tenant-2-key-of-the-order-test } } }
              tenant-3: { tier: fourfold, keys: { app: { secret: tenant-3-key-of-the-order-test } } }
            """;

    private static final String LEFT_BEHIND = """
            local held, leave = 0, 0
            for _, seen in pairs(cmsgpack.unpack(redis.call('GET', KEYS[1])).nodes) do
                if seen.leaves then
                    held, leave = held + seen.slots, leave + 1
                end
            end
            return held .. ' ' .. leave
            """;

    private final AtomicIntegerArray served = new AtomicIntegerArray(WEIGHTS.size());
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Integer> ports = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int most;

    OrderOfAllNodesTest() {
        super(CONFIGURATION);
    }

    @AfterEach
    void hangUp() {
        client.shutdownNow();
    }

    @Test
    void whoWaitsIsServedByHisWeightAtWhicheverNodeAndADeadNodeTakesNoPlaceWithIt() throws Exception {
        IntStream.range(0, WEIGHTS.size() - 1)
                .forEach(node -> ports.add(gateway("node-" + node).uri().getPort()));
        AtlasProcess doomed = process("doomed");
        ports.add(doomed.port());
        for (RunningAtlas node : running) {
            Await.until("each holds its part", () -> node.metric(order("leased")) == 1);
        }
        for (int tenant = 0; tenant < WEIGHTS.size(); tenant++) {
            for (int i = 0; i < OUTSTANDING; i++) {
                keepAsking(tenant);
            }
        }
        awaitServed(20);
        assertShares(4, 200);
        for (RunningAtlas node : running) {
            assertThat(node.metric(order("ordered"))).isEqualTo(1);
        }

        doomed.kill();
        Await.until("nothing of it is at the backend", () -> atTheBackend() < PLACES);
        Await.until("the others have its places", () -> atTheBackend() == PLACES);
        awaitServed(20);
        assertShares(3, 120);
        over.set(true);

        // The upstream may be a moment behind the gateways in finding that an answer is over.
        assertThat(most).as("at the backend at once").isBetween(PLACES, PLACES + 2);
    }

    @Test
    void whileRedisIsAwayEachNodeCallsForThePlacesThatItHeld() throws Exception {
        RunningAtlas one = gateway("one");
        RunningAtlas two = gateway("two");
        Await.until("each holds its part", () -> one.metric(order("leased")) == 1 && two.metric(order("leased")) == 1);
        assertThat(one.chat(key(0), CHAT).status()).isEqualTo(200);
        redis.freeze();
        Await.until("it is away", () -> one.metric(order("local")) == 1);
        assertThat(one.get(key(0), "/readyz").body()).contains("order: this node's own");
        ports.add(one.uri().getPort());
        List<CompletableFuture<String>> answers =
                IntStream.range(0, PLACES).mapToObj(_ -> ask(0)).toList();
        for (CompletableFuture<String> answer : answers) {
            assertThat(orders(one, answer.join())).isSubsetOf("local");
        }
        assertThat(answers.stream().flatMap(answer -> orders(one, answer.join()).stream()))
                .as("who had to wait")
                .isNotEmpty();
        redis.thaw();
        Await.until("it is back", () -> one.metric(order("leased")) == 1);
        assertThat(one.get(key(0), "/readyz").body()).doesNotContain("order:");
    }

    @Test
    void theReceiptSaysByWhoseOrderOneWaited() throws Exception {
        RunningAtlas one = gateway("one");
        RunningAtlas two = gateway("two");
        Await.until("each holds its part", () -> one.metric(order("leased")) == 1 && two.metric(order("leased")) == 1);
        ports.add(one.uri().getPort());
        ports.add(two.uri().getPort());
        List<CompletableFuture<String>> answers =
                IntStream.range(0, 2 * PLACES).mapToObj(_ -> ask(0)).toList();
        List<CompletableFuture<String>> others =
                IntStream.range(0, 2 * PLACES).mapToObj(_ -> ask(1)).toList();
        others.forEach(CompletableFuture::join);
        List<String> orders = answers.stream()
                .flatMap(answer -> orders(one, answer.join()).stream())
                .toList();
        assertThat(orders).contains("ordered").isSubsetOf("ordered", "leased");
    }

    @Test
    void aNodeThatIsStoppedLeavesNothingBehindAtTheBackend() throws Exception {
        RunningAtlas one = gateway("one");
        RunningAtlas two = gateway("two");
        Await.until("each holds its part", () -> one.metric(order("leased")) == 1 && two.metric(order("leased")) == 1);
        running.remove(two);
        two.close();
        String held =
                redis.tell(commands -> commands.eval(LEFT_BEHIND, ScriptOutputType.VALUE, "atlas:order:{oracle}"));
        assertThat(held).as("of a node that leaves, and nodes that do").isEqualTo("0 1");
    }

    private void keepAsking(int tenant) {
        var _ = ask(tenant).thenAccept(_ -> {
            if (!over.get()) {
                served.incrementAndGet(tenant);
                keepAsking(tenant);
            }
        });
    }

    /** The decision, once it is served. */
    private CompletableFuture<String> ask(int tenant) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + ports.get(tenant) + "/v1/chat/completions"))
                .header("authorization", "Bearer " + key(tenant))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(CHAT.body()))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.headers().firstValue("x-atlas-decision").orElseThrow();
        });
    }

    /** By whose order a request waited, each time that it did. */
    private static List<String> orders(RunningAtlas atlas, String decision) {
        try {
            Await.until(
                    "its receipt",
                    () -> atlas.admin("/admin/v1/decisions/" + decision).status() == 200);
            JsonNode steps =
                    atlas.admin("/admin/v1/decisions/" + decision).json().path("steps");
            return steps.valueStream()
                    .filter(step -> step.path("step").asString("").equals("queue"))
                    .map(step -> step.path("order").asString(""))
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(decision, e);
        }
    }

    /** What the first of them get of so many answers. */
    private void assertShares(int tenants, int answers) throws Exception {
        int[] before = IntStream.range(0, tenants).map(served::get).toArray();
        int goal = IntStream.of(before).sum() + answers;
        Await.until("answers", () -> {
            most = Math.max(most, atTheBackend());
            return IntStream.range(0, tenants).map(served::get).sum() >= goal;
        });
        int[] got =
                IntStream.range(0, tenants).map(i -> served.get(i) - before[i]).toArray();
        double all = IntStream.of(got).sum();
        double weights =
                WEIGHTS.stream().limit(tenants).mapToInt(weight -> weight).sum();
        for (int tenant = 0; tenant < tenants; tenant++) {
            assertThat(got[tenant] / all)
                    .as("share of tenant %d", tenant)
                    .isCloseTo(WEIGHTS.get(tenant) / weights, within(0.05));
        }
    }

    private void awaitServed(int more) throws Exception {
        int goal = all() + more;
        Await.until("answers", () -> all() >= goal);
    }

    private int atTheBackend() {
        return (int) oracle.journal().all().stream()
                .filter(entry -> entry.ending().isEmpty())
                .count();
    }

    private int all() {
        return IntStream.range(0, served.length()).map(served::get).sum();
    }

    private static String order(String standing) {
        return "atlas_backend_order{backend=\"oracle\",order=\"" + standing + "\"}";
    }

    private static String key(int tenant) {
        return "tenant-" + tenant + "-key-of-the-order-test";
    }
}
