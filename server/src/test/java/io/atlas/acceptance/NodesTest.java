package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.ledger.postgresql.Postgres;
import io.atlas.testing.RealRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Several gateways see each other, and which of them has another configuration. */
@Timeout(120)
class NodesTest {
    private static final String HOUSE = """
            backends: { sim: { type: sim } }
            models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] } }
            tiers: { all: { models: [ "*" ] } }
            tenants: { acme: { tier: all, limits: [ { requests: 1000, per: month } ], keys: { app: { secret: the-secret-key-of-acme } } } }
            """;
    private static final String OVER_POSTGRESQL =
            "ledger: { store: postgresql, postgresql: { url: \"${url}\", user: postgres } }\n" + HOUSE;
    private static final String OVER_REDIS = "quota: { store: redis, redis: { url: \"${url}\" } }\n" + HOUSE;

    private static final Chat CHAT = Chat.of("small", "Hello").maxTokens(16);

    /** What is promised is a second. */
    private static final long PROMISED_MILLIS = 1_000;

    @TempDir
    Path folder;

    private final List<RunningAtlas> running = new ArrayList<>();

    @AfterEach
    void stop() {
        running.forEach(RunningAtlas::close);
    }

    @Test
    void aNodeWithAnotherFileIsSeenWithinASecondUntilAllHaveIt() throws Exception {
        String url = Postgres.create().settings().url();
        RunningAtlas one = gateway("one", OVER_POSTGRESQL, url);
        RunningAtlas two = gateway("two", OVER_POSTGRESQL, url);
        RunningAtlas three = gateway("three", OVER_POSTGRESQL, url);
        Await.until("all are there", () -> nodes(one).path("nodes").size() == 3);
        assertThat(nodes(one).path("agreed").asBoolean()).isTrue();
        assertThat(nodes(one).path("source").asString()).isEqualTo("postgresql");
        String asked = "node +" + self(one) + " at \\S+; 2 more, of which nothing is shown here";
        try (Terminal top = Terminal.run(one.adminUri(), "top")) {
            Await.until("it ends", top::over);
            assertThat(top.lines()).anyMatch(line -> line.matches(asked));
        }

        two.change(OVER_POSTGRESQL + "x-changed: 1\n");
        awaitInTime(() -> differing(one).size() == 1);
        assertThat(differing(one)).containsExactly(self(two));

        one.change(OVER_POSTGRESQL + "x-changed: 1\n");
        awaitInTime(() -> differing(three).equals(List.of(self(three))));
        three.change(OVER_POSTGRESQL + "x-changed: 1\n");
        awaitInTime(() -> nodes(two).path("agreed").asBoolean());
    }

    @Test
    void aNodeThatStopsLeavesAndOneThatReturnsHasItsName() throws Exception {
        String url = Postgres.create().settings().url();
        RunningAtlas one = gateway("one", OVER_POSTGRESQL, url);
        RunningAtlas two = gateway("two", OVER_POSTGRESQL, url);
        Await.until("both are there", () -> nodes(one).path("nodes").size() == 2);
        String name = self(two);
        running.remove(two);
        two.close();
        assertThat(nodes(one).path("nodes").size()).isEqualTo(1);
        RunningAtlas again = gateway("two", OVER_POSTGRESQL, url);
        Await.until("it is there again", () -> nodes(one).path("nodes").size() == 2);
        assertThat(self(again)).isEqualTo(name);
    }

    @Test
    void withoutPostgresqlTheyMeetInRedis() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            RunningAtlas one = gateway("one", OVER_REDIS, redis.url());
            RunningAtlas two = gateway("two", OVER_REDIS, redis.url());
            Await.until("both are there", () -> nodes(one).path("nodes").size() == 2);
            assertThat(nodes(two).path("source").asString()).isEqualTo("redis");
            two.change(OVER_REDIS + "x-changed: 1\n");
            awaitInTime(() -> differing(two).equals(List.of(self(one))));
            running.remove(two);
            two.close();
            assertThat(nodes(one).path("nodes").size()).isEqualTo(1);
            running.remove(one);
            one.close();
        }
    }

    @Test
    void usageAndReceiptsAreThoseOfAllNodesWhicheverIsAsked() throws Exception {
        Postgres postgres = Postgres.create();
        try (FaultProxy proxy = FaultProxy.to(postgres.address())) {
            String url = postgres.settingsAt(proxy.port()).url();
            RunningAtlas one = gateway("one", OVER_POSTGRESQL, url);
            RunningAtlas two = gateway("two", OVER_POSTGRESQL, url);
            Reply answer = one.chat("the-secret-key-of-acme", CHAT).expect(200);
            two.chat("the-secret-key-of-acme", CHAT).expect(200);
            // One's line is read at two as soon as it is shipped; two's own is there at once.
            assertThat(requests(two, "all")).isPositive();
            Await.until("both lines are summed", () -> requests(two, "all") == 2);
            assertThat(requests(two, "node")).isEqualTo(1);
            String decision = answer.header("x-atlas-decision");
            two.admin("/admin/v1/decisions/" + decision).expect(200);
            two.get("the-secret-key-of-acme", "/v1/decisions/" + decision).expect(200);
            two.get("the-secret-key-of-acme", "/v1/decisions/req_unknown").expect(404);
            JsonNode all = two.admin("/admin/v1/decisions").expect(200).json();
            assertThat(all.path("scope").asString()).isEqualTo("all");
            assertThat(all.path("incomplete").isNull()).isTrue();
            assertThat(all.path("rows")).hasSize(2);
            assertThat(all.path("rows").path(1).path("id").asString()).isEqualTo(decision);
            JsonNode first =
                    two.admin("/admin/v1/decisions?limit=1").expect(200).json();
            String next = first.path("next").asString();
            assertThat(two.admin("/admin/v1/decisions?before=" + next)
                            .expect(200)
                            .json()
                            .path("rows")
                            .path(0)
                            .path("id")
                            .asString())
                    .isEqualTo(decision);
            two.admin("/admin/v1/decisions?scope=node&before=" + next).expect(400);
            assertThat(two.admin("/admin/v1/decisions?scope=node")
                            .expect(200)
                            .json()
                            .path("rows"))
                    .hasSize(1);

            proxy.refuse();
            Await.until("it is missed", () -> two.admin("/admin/v1/nodes").status() == 503);
            assertThat(two.admin("/admin/v1/usage").expect(503).body()).contains("scope=node");
            two.admin("/admin/v1/usage?scope=node").expect(200);
            two.admin("/admin/v1/decisions/" + answer.header("x-atlas-decision"))
                    .expect(503);
            two.get("the-secret-key-of-acme", "/v1/decisions/" + decision).expect(503);
            JsonNode own = two.admin("/admin/v1/decisions").expect(200).json();
            assertThat(own.path("scope").asString()).isEqualTo("node");
            assertThat(own.path("incomplete").asString()).contains("this node alone");
            assertThat(own.path("rows")).hasSize(1);
            two.admin("/admin/v1/decisions?scope=all").expect(503);
            two.admin("/admin/v1/decisions?before=" + next).expect(503);
            one.admin("/admin/v1/decisions/" + answer.header("x-atlas-decision"))
                    .expect(200);
        }
    }

    private static long requests(RunningAtlas atlas, String scope) throws Exception {
        return atlas.admin("/admin/v1/usage?scope=" + scope)
                .expect(200)
                .json()
                .path("total")
                .path("requests")
                .asLong();
    }

    @Test
    void whatADeadNodeHadChargedIsInARedisThatWasEmptied() throws Exception {
        String database = Postgres.create().settings().url();
        try (RealRedis redis = RealRedis.start()) {
            String both = "quota: { store: redis, redis: { url: \"" + redis.url() + "\" } }\n" + OVER_POSTGRESQL;
            RunningAtlas one = gateway("one", both, database);
            RunningAtlas two = gateway("two", both, database);
            for (int i = 0; i < 3; i++) {
                one.chat("the-secret-key-of-acme", CHAT).expect(200);
                two.chat("the-secret-key-of-acme", CHAT).expect(200);
            }
            Await.until("all is counted", () -> used(one) == 6);
            running.remove(two);
            two.close();
            redis.restart();
            // Two is not there to say it.
            Await.until("the charges of both are back", () -> used(one) == 6);
            running.remove(one);
            one.close();
        }
    }

    private static long used(RunningAtlas atlas) throws Exception {
        return atlas.get("the-secret-key-of-acme", "/v1/quota")
                .json()
                .path("limits")
                .path(0)
                .path("used")
                .asLong(-1);
    }

    @Test
    void aNodeAloneIsAlone() throws Exception {
        RunningAtlas one = gateway("one", HOUSE, "");
        Await.until("it is there", () -> nodes(one).path("nodes").size() == 1);
        assertThat(nodes(one).path("source").asString()).isEqualTo("node");
        one.admin("/admin/v1/usage?scope=all").expect(400);
        assertThat(requests(one, "node")).isZero();
    }

    @Test
    void withoutTheDatabaseNobodyIsListedAndTheAnswerSaysSo() throws Exception {
        Postgres postgres = Postgres.create();
        try (FaultProxy proxy = FaultProxy.to(postgres.address())) {
            RunningAtlas one = gateway(
                    "one", OVER_POSTGRESQL, postgres.settingsAt(proxy.port()).url());
            Await.until("it is there", () -> nodes(one).path("nodes").size() == 1);
            proxy.refuse();
            Await.until("it is missed", () -> one.admin("/admin/v1/nodes").status() == 503);
            assertThat(one.admin("/admin/v1/nodes").body()).contains("nodes_unavailable");
            proxy.heal();
            Await.until("it is there again", () -> nodes(one).path("nodes").size() == 1);
        }
    }

    private RunningAtlas gateway(String name, String yaml, String url) throws Exception {
        RunningAtlas atlas = RunningAtlas.start(folder.resolve(name), yaml, Map.of("url", url));
        running.add(atlas);
        return atlas;
    }

    private static void awaitInTime(Callable<Boolean> condition) throws Exception {
        long begun = System.nanoTime();
        Await.until("seen", condition);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(PROMISED_MILLIS);
    }

    private static JsonNode nodes(RunningAtlas atlas) throws Exception {
        return atlas.admin("/admin/v1/nodes").expect(200).json();
    }

    private static String self(RunningAtlas atlas) throws Exception {
        return nodes(atlas)
                .path("nodes")
                .valueStream()
                .filter(node -> node.path("this").asBoolean())
                .map(node -> node.path("node").asString())
                .findFirst()
                .orElseThrow();
    }

    private static List<String> differing(RunningAtlas atlas) throws Exception {
        return nodes(atlas)
                .path("nodes")
                .valueStream()
                .filter(node -> node.path("differs").asBoolean())
                .map(node -> node.path("node").asString())
                .toList();
    }
}
