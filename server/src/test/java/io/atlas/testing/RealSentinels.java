package io.atlas.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
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

    private final ServerKind kind;
    private final Access access;

    private RealSentinels(ServerKind kind, Access access) {
        this.kind = kind;
        this.access = access;
    }

    /** Starts them, with their files in that folder; returns when they know each other and a replica. */
    public static RealSentinels over(RealRedis master, Path folder) {
        return over(ServerKind.usual(), Access.FREE, master, folder);
    }

    /** Starts those of that kind over a server of that access: they speak TLS where it does, and let everybody ask. */
    public static RealSentinels over(ServerKind kind, Access access, RealRedis master, Path folder) {
        RealSentinels sentinels = new RealSentinels(kind, access);
        try {
            for (int i = 0; i < COUNT; i++) {
                sentinels.launch(master, folder.resolve("sentinel-" + i + ".conf"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sentinels.ports.forEach(sentinels::awaitComplete);
        return sentinels;
    }

    /** Where a client finds the master. */
    public String url() {
        return access.url(
                "-sentinel",
                ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")) + "#" + MASTER);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }

    private void launch(RealRedis master, Path file) throws IOException {
        int port = Ports.free();
        Files.writeString(
                file,
                own(port)
                        + """
                bind 127.0.0.1
                dir %s
                sentinel monitor %s 127.0.0.1 %d 2
                sentinel down-after-milliseconds %s 500
                sentinel failover-timeout %s 3000
                """.formatted(file.getParent(), MASTER, master.port(), MASTER, MASTER)
                        + (access.operators().isEmpty()
                                ? ""
                                : "sentinel auth-pass " + MASTER + " " + access.operators() + "\n"));
        processes.add(new ProcessBuilder(kind.executable().toString(), file.toString(), "--sentinel")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        ports.add(port);
    }

    /** Who may ask a Sentinel is not who may ask the server. */
    private Access open() {
        return new Access("", "", "", access.tls());
    }

    private String own(int port) {
        List<String> options = open().options(port);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < options.size(); i += 2) {
            lines.append(options.get(i).substring(2))
                    .append(' ')
                    .append(options.get(i + 1))
                    .append('\n');
        }
        return lines.toString();
    }

    private void awaitComplete(int port) {
        long until = System.nanoTime() + START.toNanos();
        RedisClient client = open().client(port);
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

    private String info(RedisClient client, int port) {
        RedisURI uri = RedisURI.Builder.sentinel("127.0.0.1", port, MASTER)
                .withSsl(access.tls().isPresent())
                .withVerifyPeer(SslVerifyMode.CA)
                .build();
        try (StatefulRedisSentinelConnection<String, String> connection = client.connectSentinel(uri)) {
            return connection.sync().info("sentinel");
        } catch (RedisException e) {
            return e.toString();
        }
    }
}
