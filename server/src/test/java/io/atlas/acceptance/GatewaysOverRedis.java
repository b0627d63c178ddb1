package io.atlas.acceptance;

import io.atlas.endings.AtlasProcess;
import io.atlas.endings.Await;
import io.atlas.testing.OracleUpstream;
import io.atlas.testing.RealRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A Redis of its own for each test, an upstream that counts, and as many gateways over both as it starts. */
abstract class GatewaysOverRedis {
    @TempDir
    Path folder;

    final RealRedis redis = RealRedis.start();
    final OracleUpstream oracle = OracleUpstream.start();
    final List<RunningAtlas> running = new ArrayList<>();

    private final List<AtlasProcess> processes = new ArrayList<>();
    private final String configuration;

    /** Of a configuration that names {@code ${redis}} and {@code ${oracle}}. */
    GatewaysOverRedis(String configuration) {
        this.configuration = configuration;
    }

    @AfterEach
    final void stopAll() {
        processes.forEach(AtlasProcess::close);
        running.forEach(RunningAtlas::close);
        oracle.close();
        redis.close();
    }

    /** One in a process of its own, to be killed. */
    final AtlasProcess process(String name) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        String yaml = """
                apiVersion: atlas/v1
                server: { listen: "127.0.0.1:0", data: "%s", admin: { listen: "127.0.0.1:0", token: "admin-token-of-this-process" } }
                """.formatted(home.resolve("data"))
                + configuration.replace("${oracle}", oracle.uri().toString()).replace("${redis}", redis.url());
        AtlasProcess started = AtlasProcess.start(home, yaml);
        processes.add(started);
        return started;
    }

    final RunningAtlas gateway(String name) {
        return gateway(name, redis.url());
    }

    /** One that finds its Redis elsewhere. */
    final RunningAtlas gateway(String name, String url) {
        RunningAtlas started = RunningAtlas.start(
                folder.resolve(name),
                configuration,
                Map.of("oracle", oracle.uri().toString(), "redis", url));
        running.add(started);
        return started;
    }

    /** Waits until the node asks its Redis again. */
    static void awaitWell(RunningAtlas node) throws Exception {
        Await.until("healed", () -> !node.get("nobody", "/readyz").body().contains("away"));
    }

    /** Waits until nothing is held any more, and so much is used. */
    static void awaitUsed(RunningAtlas node, String key, String limit, long expected) throws Exception {
        AtomicReference<String> seen = new AtomicReference<>("not among its limits");
        Await.until(() -> limit + " is " + expected + ", but " + seen, () -> {
            for (JsonNode one : node.get(key, "/v1/quota").json().path("limits")) {
                if (one.path("id").asString("").equals(limit)) {
                    seen.set(one.toString());
                    return one.path("held").asLong(-1) == 0 && one.path("used").asLong(-1) == expected;
                }
            }
            return false;
        });
    }
}
