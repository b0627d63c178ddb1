package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.testing.Access;
import io.atlas.testing.RealCluster;
import io.atlas.testing.RealRedis;
import io.atlas.testing.ServerKind;
import io.atlas.testing.SlotMoves;
import io.atlas.testing.Warnings;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Slots of a cluster that go from one server to another while two gateways count there. */
@Timeout(240)
class MovingSlotsTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final String SIXTY = "key-of-the-sixty";
    private static final String RICH = "key-of-the-rich-one";

    /** Between two keys of a slot. */
    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final int MOVES = 30;

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            limits: [ { requests: 100M, per: day } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle } ]
                limits: [ { concurrent: 1k } ]
            tiers:
              free: { models: [ "*" ] }
            tenants:
              rich:
                tier: free
                limits: [ { tokens: 900M, per: day }, { requests: 600k, per: minute } ]
                keys: { app: { secret: key-of-the-rich-one } }
              sixty: { tier: free, limits: [ { requests: 60, per: day } ], keys: { app: { secret: key-of-the-sixty } } }
            """;

    /** Those of all that is counted, and those by whose keys the nodes know the servers. */
    private static final List<Integer> SLOTS = List.copyOf(new TreeSet<>(Stream.concat(
                    Stream.of("rich", "sixty", "gateway", "model/words-3"),
                    IntStream.range(0, 12).mapToObj(Integer::toString))
            .map(SlotHash::getSlot)
            .toList()));

    private final Warnings warnings = Warnings.of("io.atlas.store.share.Absence");
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final List<Future<Integer>> load = new ArrayList<>();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private int served;

    MovingSlotsTest() {
        super(CONFIGURATION);
    }

    static Stream<ServerKind> kinds() {
        return Stream.concat(Stream.of(ServerKind.usual()), ServerKind.others().stream());
    }

    @AfterEach
    void stop() {
        going.set(false);
        callers.close();
        warnings.close();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void noRequestFailsAndNothingIsCountedTwiceOrNotAtAll(ServerKind kind) throws Exception {
        try (RealCluster cluster = RealCluster.start(kind, Access.FREE, folder)) {
            begin(cluster);
            try (SlotMoves moves = SlotMoves.of(cluster)) {
                Random random = new Random(1);
                for (int i = 0; i < MOVES; i++) {
                    int slot = SLOTS.get(i % SLOTS.size());
                    List<RealRedis> others = new ArrayList<>(cluster.masters());
                    others.remove(moves.keeper(slot));
                    Future<Integer> asked = callers.submit(() -> ask(1));
                    moves.move(slot, others.get(random.nextInt(others.size())), PAUSE);
                    served += asked.get();
                }
            }
            assertThat(warnings.whole()).noneMatch(line -> line.contains("does not have"));
            end();
        }
    }

    @Test
    void aServerIsAddedAndAnotherIsEmptiedAndTakenAway() throws Exception {
        try (RealCluster cluster = RealCluster.start(folder)) {
            begin(cluster);
            RealRedis added = cluster.add();
            try (SlotMoves moves = SlotMoves.of(cluster)) {
                RealRedis leaving = cluster.of("rich");
                for (int slot : SLOTS) {
                    moves.move(slot, added, PAUSE);
                    served += ask(1);
                }
                IntStream.range(0, SlotHash.SLOT_COUNT)
                        .filter(slot -> !SLOTS.contains(slot) && cluster.first(slot) == leaving)
                        .forEach(slot -> moves.move(slot, leaving, added, Duration.ZERO));
                served += ask(4);
                assertThat(warnings.whole()).noneMatch(line -> line.contains("does not have"));
                cluster.remove(leaving);
            }
            end();
        }
    }

    private void begin(RealCluster cluster) throws Exception {
        for (String name : List.of("one", "two")) {
            gateway(name, cluster.url());
        }
        for (RunningAtlas node : running) {
            awaitWell(node);
        }
        for (RunningAtlas node : running) {
            Await.until(
                    "it knows how full the budget is",
                    () -> node.chat(RICH, CHAT).status() == 200);
            served++;
        }
        int known = served;
        served = 0;
        load.add(callers.submit(() -> known));
        running.forEach(node -> load.add(callers.submit(() -> load(node))));
    }

    /** One after the other. */
    private int load(RunningAtlas node) throws Exception {
        int done = 0;
        while (going.get()) {
            Reply reply = node.chat(RICH, CHAT);
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            done++;
        }
        return done;
    }

    private int ask(int each) throws Exception {
        int done = 0;
        for (int i = 0; i < each; i++) {
            for (RunningAtlas node : running) {
                Reply reply = node.chat(SIXTY, CHAT);
                assertThat(reply.status() == 200 ? "quota_unavailable" : reply.code())
                        .isEqualTo("quota_unavailable");
                done += reply.status() == 200 ? 1 : 0;
            }
        }
        return done;
    }

    private void end() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (int i = 0; served < 60 && System.nanoTime() < until; i++) {
            RunningAtlas node = running.get(i % 2);
            awaitWell(node);
            served += node.chat(SIXTY, CHAT).status() == 200 ? 1 : 0;
        }
        assertThat(served).isEqualTo(60);
        going.set(false);
        int rich = 0;
        for (Future<Integer> one : load) {
            rich += one.get();
        }
        assertThat(oracle.journal().all()).hasSize(rich + 60);
        for (RunningAtlas node : running) {
            awaitWell(node);
            // Late answers on a busy machine may make it go away once more, and by its own share it cannot tell.
            Await.until("nothing is left", () -> node.chat(SIXTY, CHAT).code().equals("quota_exhausted"));
            awaitUsed(node, SIXTY, "sixty:requests/day", 60);
            awaitUsed(node, RICH, "rich:tokens/day", 46L * rich);
            awaitUsed(node, RICH, "gateway:requests/day", rich + 60L);
        }
    }
}
