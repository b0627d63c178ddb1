package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.ledger.postgresql.Postgres;
import io.atlas.testing.RealRedis;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an operator is told of a gateway's surroundings. */
@Timeout(120)
class DoctorTest {
    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            ledger: { store: postgresql, postgresql: { url: "${url}", user: postgres } }
            backends:
              sim: { type: sim }
              gone: { type: vllm, url: "http://127.0.0.1:1" }
            models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim }, { backend: gone } ] } }
            tiers: { all: { models: [ "*" ] } }
            tenants: { acme: { tier: all } }
            """;

    @TempDir
    Path data;

    @Test
    void eachThingIsWellUntilItIsNot() throws Exception {
        Postgres postgres = Postgres.create();
        try (RealRedis redis = RealRedis.start();
                FaultProxy proxy = FaultProxy.to(postgres.address());
                RunningAtlas atlas = RunningAtlas.start(
                        data,
                        CONFIGURATION,
                        Map.of(
                                "redis",
                                redis.url(),
                                "url",
                                postgres.settingsAt(proxy.port()).url()))) {
            Await.until("it is listed", () -> "ok".equals(severities(atlas).get("nodes")));
            assertThat(severities(atlas))
                    .containsEntry("redis", "ok")
                    .containsEntry("redis clock", "ok")
                    .containsEntry("postgresql clock", "ok")
                    .containsEntry("ledger lag", "ok")
                    .containsEntry("configuration", "ok")
                    .containsEntry("backend gone", "fail")
                    .containsKeys("open files", "disk space");
            assertThat(examined(atlas).path("well").asBoolean()).isFalse();

            proxy.refuse();
            redis.kill();
            Await.until(
                    "the database is missed",
                    () -> "fail".equals(severities(atlas).get("postgresql clock")));
            assertThat(severities(atlas)).containsEntry("redis", "fail").containsEntry("nodes", "fail");
            redis.restart();
        }
    }

    private static JsonNode examined(RunningAtlas atlas) throws Exception {
        return atlas.admin("/admin/v1/doctor").expect(200).json();
    }

    private static Map<String, String> severities(RunningAtlas atlas) throws Exception {
        Map<String, String> severities = new TreeMap<>();
        for (JsonNode check : examined(atlas).path("checks").values()) {
            severities.put(
                    check.path("check").asString(), check.path("severity").asString());
        }
        return severities;
    }
}
