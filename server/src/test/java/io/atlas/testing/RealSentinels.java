package io.atlas.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Three Sentinels of one's own over a Redis and its replica: they agree within a second that it is dead. */
public final class RealSentinels implements AutoCloseable {
    private static final String MASTER = "atlas";
    private static final int COUNT = 3;
    private static final Duration START = Duration.ofSeconds(30);

    private final List<Integer> ports = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    private RealSentinels() {}

    /** Starts them, with their files in that folder; returns when they know each other and a replica. */
    public static RealSentinels over(RealRedis master, Path folder) {
        RealSentinels sentinels = new RealSentinels();
        try {
            for (int i = 0; i < COUNT; i++) {
                sentinels.launch(master, folder.resolve("sentinel-" + i + ".conf"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sentinels.ports.forEach(RealSentinels::awaitComplete);
        return sentinels;
    }

    /** Where a client finds the master. */
    public String url() {
        return "redis-sentinel://"
                + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")) + "#" + MASTER;
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }

    private void launch(RealRedis master, Path file) throws IOException {
        int port = RealRedis.freePort();
        Files.writeString(file, """
                port %d
                bind 127.0.0.1
                dir %s
                sentinel monitor %s 127.0.0.1 %d 2
                sentinel down-after-milliseconds %s 500
                sentinel failover-timeout %s 3000
                """.formatted(port, file.getParent(), MASTER, master.port(), MASTER, MASTER));
        processes.add(new ProcessBuilder(RealRedis.executable().toString(), file.toString(), "--sentinel")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        ports.add(port);
    }

    private static void awaitComplete(int port) {
        long until = System.nanoTime() + START.toNanos();
        RedisClient client = RedisClient.create();
        try {
            while (!info(client, port).contains("status=ok,address=")
                    || !info(client, port).contains("slaves=1,sentinels=3")) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("sentinel: " + info(client, port));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        } finally {
            client.shutdown(Duration.ZERO, START);
        }
    }

    private static String info(RedisClient client, int port) {
        RedisURI uri = RedisURI.Builder.sentinel("127.0.0.1", port, MASTER).build();
        try (StatefulRedisSentinelConnection<String, String> connection = client.connectSentinel(uri)) {
            return connection.sync().info("sentinel");
        } catch (RedisException e) {
            return e.toString();
        }
    }
}
