package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atlas.endings.Await;
import io.atlas.testing.Access;
import io.atlas.testing.Certificates;
import io.atlas.testing.RealCluster;
import io.atlas.testing.RealRedis;
import io.atlas.testing.RealSentinels;
import io.atlas.testing.ServerKind;
import io.atlas.testing.Warnings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Redis that asks who one is, and that speaks TLS under a private authority, in each of the three ways to find it. */
@Timeout(180)
class LockedRedisTest extends GatewaysOverRedis {
    private static final Chat CHAT = Chat.ofTokens("words-3", 50).maxTokens(20);
    private static final String TWENTY = "key-of-the-twenty";
    private static final String PASSWORD = "s3cret/of:them@all%25#1";
    private static final String ENCODED = URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8);

    /** As docs/redis.md has it. */
    private static final String RIGHTS =
            "~atlas:* resetchannels &atlas:again &atlas:again:* +@read +@write +@connection"
                    + " -@dangerous +eval +evalsha +publish +subscribe +pubsub|numsub +time +info +cluster|myid +cluster|nodes";

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            limits: [ { requests: 100k, per: day } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              slow-20-50: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              twenty: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: key-of-the-twenty } } }
            """;

    private final List<AutoCloseable> servers = new ArrayList<>();
    private final Warnings warnings = Warnings.of("ROOT");

    LockedRedisTest() {
        super(CONFIGURATION);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable server : servers.reversed()) {
            server.close();
        }
        warnings.close();
    }

    @ParameterizedTest
    @CsvSource({
        "one, password",
        "sentinels, password",
        "cluster, password",
        "one, user by TLS",
        "sentinels, user by TLS",
        "cluster, user by TLS"
    })
    void isSharedByWhoKnowsThePasswordAndTheAuthority(String way, String lock) throws Exception {
        Access access = access(lock);
        Redis there = start(way, access);
        RunningAtlas one = gateway("one", there.url);
        RunningAtlas two = gateway("two", there.url);
        int served = 0;
        for (int i = 0; i < 30; i++) {
            awaitWell(one);
            awaitWell(two);
            served += one.chat(TWENTY, CHAT).status() == 200 ? 1 : 0;
            served += two.chat(TWENTY, CHAT).status() == 200 ? 1 : 0;
        }
        assertThat(served).isEqualTo(20);
        assertThat(one.get(TWENTY, "/v1/quota").body()).contains("\"used\":20");
        for (RunningAtlas node : running) {
            Await.until(
                    "the order is there",
                    () -> node.metric("atlas_backend_order{backend=\"oracle\",order=\"leased\"}") == 1);
        }
        for (RealRedis server : there.servers) {
            List<?> refused = server.tell(redis -> redis.aclLog());
            assertThat(refused).as("what it may not").isEmpty();
        }
        assertThat(warnings.whole()).noneMatch(LockedRedisTest::tells);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "sentinels", "cluster"})
    void isAwayForWhoHasTheWrongPasswordAndTheLogSaysSo(String way) throws Exception {
        Redis there = start(way, access("password"));
        RunningAtlas node = gateway("one", there.url.replace(ENCODED, "wrong-s3cret"));
        assertThat(node.get(TWENTY, "/readyz").body()).contains("quota store: away");
        assertThat(node.chat(TWENTY, CHAT).code()).isEqualTo("quota_unavailable");
        assertThat(node.admin("/admin/v1/doctor").expect(200).body())
                .contains("WRONGPASS")
                .doesNotContain("wrong-s3cret");
        assertThat(warnings.whole())
                .anyMatch(line -> line.startsWith("the quota store is away at the start") && line.contains("WRONGPASS"))
                .noneMatch(line -> line.contains("wrong-s3cret") || tells(line));
    }

    @ParameterizedTest
    @CsvSource({
        "one, without its authority", "sentinels, without its authority", "cluster, without its authority",
        "one, of another name", "sentinels, of another name", "cluster, of another name"
    })
    void isAwayForWhoCannotKnowItAndTheLogSaysSo(String way, String wrong) throws Exception {
        boolean stranger = wrong.equals("of another name");
        Redis there = start(way, access(stranger ? "user by TLS elsewhere" : "user by TLS"));
        RunningAtlas node =
                gateway("one", stranger ? there.url : there.url.replaceFirst(Pattern.quote("?") + "[^#]*", ""));
        assertThat(node.get(TWENTY, "/readyz").body()).contains("quota store: away");
        String why = stranger ? "No subject alternative names" : "unable to find valid certification path";
        assertThat(warnings.whole())
                .anyMatch(line -> line.startsWith("the quota store is away at the start") && line.contains(why))
                .noneMatch(LockedRedisTest::tells);
    }

    private static boolean tells(String line) {
        return line.contains(PASSWORD) || line.contains(ENCODED);
    }

    private Access access(String lock) {
        if (lock.equals("password")) {
            return new Access(PASSWORD, "", ":" + ENCODED + "@", Optional.empty());
        }
        assumeTrue(ServerKind.withTls().isPresent(), "no Redis with TLS is installed; ./test installs it where it may");
        String names = lock.endsWith("elsewhere") ? "dns:elsewhere.example" : "ip:127.0.0.1";
        return new Access(
                "of-the-operators",
                "atlas on >" + PASSWORD + " " + RIGHTS,
                "atlas:" + ENCODED + "@",
                Optional.of(Certificates.in(folder.resolve("certificates"), names)));
    }

    /** Where it is, and of what it is made. */
    private record Redis(String url, List<RealRedis> servers) {}

    private Redis start(String way, Access access) {
        ServerKind kind = ServerKind.withTls().orElseGet(ServerKind::usual);
        if (way.equals("cluster")) {
            RealCluster cluster = keep(RealCluster.start(kind, access, folder));
            return new Redis(cluster.url(), cluster.masters());
        }
        RealRedis master = keep(RealRedis.start(kind, access));
        if (way.equals("one")) {
            return new Redis(master.url(), List.of(master));
        }
        keep(RealRedis.start(kind, access, "--replicaof", "127.0.0.1", Integer.toString(master.port())));
        return new Redis(keep(RealSentinels.over(kind, access, master, folder)).url(), List.of(master));
    }

    private <T extends AutoCloseable> T keep(T server) {
        servers.add(server);
        return server;
    }
}
