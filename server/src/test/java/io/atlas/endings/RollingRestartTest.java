package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atlas.testing.Ports;
import io.atlas.testing.RealRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two nodes behind HAProxy are restarted one after the other under load, and no caller sees it. By default with fewer
 * requests and streams than {@code -Datlas.rolling.rate=200 -Datlas.rolling.streams=200}.
 */
@Timeout(600)
class RollingRestartTest {
    private static final Logger LOG = LoggerFactory.getLogger(RollingRestartTest.class);
    private static final int RATE = Integer.getInteger("atlas.rolling.rate", 50);
    private static final int STREAMS = Integer.getInteger("atlas.rolling.streams", 50);
    private static final String KEY = "the-secret-key-of-acme";

    /** A stream of it lasts for about six seconds: longer than a node says that it stops. */
    private static final String STREAM = body(true, 120);

    private static final String REQUEST = body(false, 16);

    @TempDir
    private Path folder = Path.of("");

    private final RealRedis redis = RealRedis.start();

    @BeforeEach
    void needsHaproxy() {
        assumeTrue(Balancer.available(), "HAProxy is not installed; ./test installs it where it may");
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void noRequestFailsAndNoStreamIsCutWhileBothNodesAreRestarted() throws Exception {
        Node one = new Node("one", Ports.free());
        Node two = new Node("two", Ports.free());
        one.start();
        two.start();
        try (Balancer balancer = Balancer.before(folder, one.port, two.port);
                SteadyCallers callers = new SteadyCallers(balancer.port(), KEY)) {
            Await.until("callers are served", () -> callers.served(REQUEST));
            callers.begin(new SteadyCallers.Load(RATE, REQUEST, "\"usage\"", STREAMS, STREAM, "data: [DONE]"));
            Await.until("both are warm", () -> callers.requests() > 4L * RATE);
            for (Node node : List.of(one, two)) {
                long before = callers.requests();
                node.restart();
                Await.until("requests after the restart", () -> callers.requests() > before + 2L * RATE);
            }
            callers.stop();
            LOG.atInfo()
                    .addKeyValue("requests", callers.requests())
                    .addKeyValue("streams", callers.streams())
                    .addKeyValue("requests_per_second", callers.requestsPerSecond())
                    .addKeyValue("fewest_streams_open", callers.fewestStreams())
                    .addKeyValue("failures", callers.failures().size())
                    .log("rolling restart");
            assertThat(callers.failures()).isEmpty();
            assertThat(callers.streams()).isGreaterThan(STREAMS);
        } finally {
            one.close();
            two.close();
        }
    }

    /** A node that keeps its port and its folder. */
    private final class Node implements AutoCloseable {
        private final Path home;
        private final int port;
        private Optional<AtlasProcess> process = Optional.empty();

        Node(String name, int port) throws Exception {
            this.home = Files.createDirectories(folder.resolve(name));
            this.port = port;
        }

        void start() throws Exception {
            process = Optional.of(AtlasProcess.start(home, configuration(home, port)));
        }

        void restart() throws Exception {
            AtlasProcess running = process.orElseThrow();
            running.beginToStop();
            assertThat(running.exitCode()).isZero();
            running.close();
            start();
        }

        @Override
        public void close() {
            process.ifPresent(AtlasProcess::close);
        }
    }

    private String configuration(Path home, int port) {
        return """
                apiVersion: atlas/v1
                server: { listen: "127.0.0.1:%d", data: "%s", admin: { listen: "127.0.0.1:0", token: "%s" } }
                quota: { store: redis, redis: { url: "%s" } }
                backends: { sim: { type: sim, ttft: 50ms, tokensPerSecond: 20, slots: 1000 } }
                models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] } }
                tiers: { all: { models: [ "*" ] } }
                tenants: { acme: { tier: all, limits: [ { tokens: 900M, per: day } ], keys: { app: { secret: %s } } } }
                """.formatted(port, home.resolve("data"), Desk.TOKEN, redis.url(), KEY);
    }

    private static String body(boolean stream, int tokens) {
        return "{\"model\":\"small\",\"stream\":" + stream + ",\"max_tokens\":" + tokens
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    }
}
