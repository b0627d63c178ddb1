package io.atlas.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** A Redis server of one's own, on loopback, which writes nothing to a disk, not even for a replica: the one that a library brings along. */
public final class RealRedis implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(10);

    private final ServerKind kind;
    private final Access access;
    private final int port;
    private final List<String> options;
    private Process process;

    private RealRedis(ServerKind kind, Access access, int port, List<String> options) {
        this.kind = kind;
        this.access = access;
        this.port = port;
        this.options = options;
        process = launch();
    }

    /** Starts one with these options beside the usual ones. */
    public static RealRedis start(String... options) {
        return start(ServerKind.usual(), Access.FREE, options);
    }

    /** Starts one of that kind. */
    public static RealRedis start(ServerKind kind, Access access, String... options) {
        return new RealRedis(kind, access, Ports.free(), List.of(options));
    }

    /** Starts one that can be a server of a cluster, with its file in that folder. */
    static RealRedis ofCluster(ServerKind kind, Access access, Path folder) {
        int port = Ports.free();
        List<String> options = new ArrayList<>(List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-config-file",
                folder.resolve("nodes-" + port + ".conf").toString(),
                "--cluster-node-timeout",
                "1000",
                "--cluster-allow-replica-migration",
                "no"));
        if (access.tls().isPresent()) {
            options.addAll(List.of("--tls-cluster", "yes"));
        }
        return new RealRedis(kind, access, port, options);
    }

    /** Where it is. */
    public String url() {
        return access.url("", "127.0.0.1:" + port);
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Tells it something, as an operator does. */
    public <T> T tell(Function<RedisCommands<String, String>, T> command) {
        RedisClient client = access.client(port);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return command.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, START);
        }
    }

    /** Dies as by a power cut, and comes back empty. */
    public void restart() {
        kill();
        process = launch();
    }

    /** Stands still as it is, connections and all, until it is {@link #thaw}ed. */
    public void freeze() {
        signal("-STOP");
    }

    /** Goes on. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String name) {
        try {
            await(new ProcessBuilder("kill", name, Long.toString(process.pid())).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Dies as by a power cut. */
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    @Override
    public void close() {
        kill();
    }

    private Process launch() {
        List<String> command = new ArrayList<>(List.of(
                kind.executable().toString(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--repl-diskless-sync",
                "yes",
                "--repl-diskless-sync-delay",
                "0",
                "--repl-diskless-load",
                "on-empty-db"));
        command.addAll(access.options(port));
        command.addAll(options);
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            awaitAnswer(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitAnswer(Process started) {
        long until = System.nanoTime() + START.toNanos();
        RedisClient client = access.client(port);
        try {
            while (true) {
                try (StatefulRedisConnection<String, String> connection = client.connect()) {
                    connection.sync().ping();
                    return;
                } catch (RedisException e) {
                    if (!started.isAlive() || System.nanoTime() > until) {
                        throw new IllegalStateException("Redis does not start: " + started, e);
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
        } finally {
            client.shutdown(Duration.ZERO, START);
        }
    }

    private static void await(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
