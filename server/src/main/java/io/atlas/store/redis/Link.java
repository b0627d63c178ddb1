package io.atlas.store.redis;

import io.atlas.store.StoreAway;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The connection to the server. A command that was on its way when the connection broke is never sent again by the
 * client: whether it was carried out is not known, and who asked has to say what follows.
 */
final class Link implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private static final Duration RECONNECT = Duration.ofMillis(100);
    private static final Duration NOTICE_COUNTS = Duration.ofSeconds(15);

    /** Between the time of a notice and its text. */
    private static final String NOTICE_FROM = " ";

    private static final int IO_THREADS = 2;
    private static final long MICROS_PER_SECOND = 1_000_000;

    /** Commands on their way at once; beyond it the server is as good as away. */
    private static final int MAX_UNANSWERED = 20_000;

    private final RedisClient client;
    private final ClientResources resources;
    private final Scripts scripts;
    private volatile Optional<StatefulRedisConnection<byte[], byte[]>> connection = Optional.empty();
    private volatile Runnable onLoss = () -> {};
    private volatile boolean closed;

    private Link(RedisClient client, ClientResources resources, Scripts scripts) {
        this.client = client;
        this.resources = resources;
        this.scripts = scripts;
    }

    /** A link that is not connected yet. */
    static Link to(String url, Scripts scripts) {
        ClientResources resources = ClientResources.builder()
                .reconnectDelay(Delay.constant(RECONNECT))
                .ioThreadPoolSize(IO_THREADS)
                .computationThreadPoolSize(IO_THREADS)
                .build();
        RedisURI uri = RedisURI.create(url);
        uri.setTimeout(CONNECT);
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(CONNECT));
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(_ -> true)
                .requestQueueSize(MAX_UNANSWERED)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .tcpNoDelay(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(CONNECT))
                .build());
        return new Link(client, resources, scripts);
    }

    /** A link that is connected. */
    static Link open(String url, Scripts scripts) {
        Link link = to(url, scripts);
        try {
            link.connect();
            return link;
        } catch (StoreAway e) {
            link.close();
            throw e;
        }
    }

    /**
     * Connects for the first time; afterwards the client connects by itself. Blocks.
     *
     * @return whether this was the first time
     */
    synchronized boolean connect() {
        if (connection.isPresent()) {
            return false;
        }
        try {
            StatefulRedisConnection<byte[], byte[]> made = client.connect(ByteArrayCodec.INSTANCE);
            made.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                    if (!closed) {
                        onLoss.run();
                    }
                }
            });
            connection = Optional.of(made);
            return true;
        } catch (RedisException e) {
            throw new StoreAway("quota store: " + e.getMessage());
        }
    }

    /** Runs a script, by its digest; where the server does not know it, or no longer, by its text. */
    <T> CompletionStage<T> run(Script script, List<byte[]> keys, byte[]... arguments) {
        if (connection.isEmpty()) {
            return CompletableFuture.failedStage(notConnected());
        }
        Scripts.Text text = scripts.text(script);
        byte[][] names = keys.toArray(byte[][]::new);
        CompletionStage<T> ran = commands().evalsha(text.digest(), script.output(), names, arguments);
        return ran.exceptionallyCompose(failure -> unwrapped(failure) instanceof RedisNoScriptException
                ? commands().eval(text.bytes(), script.output(), names, arguments)
                : CompletableFuture.failedStage(failure));
    }

    /** Has this done whenever the connection is lost: what the server was told last may be lost with it. */
    void onLoss(Runnable notice) {
        onLoss = notice;
    }

    RedisAsyncCommands<byte[], byte[]> commands() {
        return connection.orElseThrow(Link::notConnected).async();
    }

    private static StoreAway notConnected() {
        return new StoreAway("quota store: not connected yet");
    }

    /** Why the server is not fit to keep counters: too old, or throwing away what it was told to keep. Blocks. */
    Optional<String> unfit() {
        String info = await(commands().info("server")) + await(commands().info("memory"));
        String version = said(info, "redis_version");
        if (!version.matches("(6\\.([2-9]|[1-9][0-9])|[7-9]|[1-9][0-9])\\..*")) {
            return Optional.of("quota store: Redis " + version + " (expected: 6.2 or newer)");
        }
        String policy = said(info, "maxmemory_policy");
        return policy.equals("noeviction")
                ? Optional.empty()
                : Optional.of("quota store: maxmemory-policy " + policy + " (expected: noeviction)");
    }

    /** Why nothing can be told it: it is full, or the copy of another server. Blocks. */
    Optional<String> unwritable() {
        return await(commands()
                .set(Names.PROBE, Names.PROBE, SetArgs.Builder.px(1))
                .handle((_, failure) -> {
                    if (failure == null) {
                        return Optional.empty();
                    }
                    if (unwrapped(failure) instanceof RedisCommandExecutionException refused) {
                        return Optional.of("quota store: " + refused.getMessage());
                    }
                    throw new CompletionException(failure);
                }));
    }

    /** How the server is. Blocks. */
    Health health() {
        String version = said(await(commands().info("server")), "redis_version");
        return new Health(version, unfit().orElse(""), clockMicros());
    }

    /** The server's clock. Blocks. */
    long clockMicros() {
        List<byte[]> time = await(commands().time());
        return number(time.getFirst()) * MICROS_PER_SECOND + number(time.getLast());
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    /** The name that the server has given itself for as long as it runs. */
    String server() {
        return said(await(commands().info("server")), "run_id");
    }

    private static String said(String info, String key) {
        return info.lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElse("unknown");
    }

    /** The word that the first node who spoke of a thing used for it. Blocks. */
    String agreed(String things, String thing, String own) {
        byte[] key = Names.bytes(things);
        byte[] field = Names.bytes(thing);
        await(commands().hsetnx(key, field, Names.bytes(own)));
        return text(await(commands().hget(key, field)));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Says something in place of what that node said before, and returns what the others lately said. Blocks. */
    List<String> exchange(String thing, String node, String own) {
        byte[] key = Names.bytes("atlas:notices:" + thing);
        long now = clockMicros();
        await(commands().hset(key, Names.bytes(node), Names.bytes(now + NOTICE_FROM + own)));
        await(commands().pexpire(key, NOTICE_COUNTS));
        List<String> others = new ArrayList<>();
        await(commands().hgetall(key)).forEach((name, bytes) -> {
            String[] notice = text(bytes).split(NOTICE_FROM, 2);
            String from = text(name);
            if (now - Long.parseLong(notice[0]) > NOTICE_COUNTS.toNanos() / 1_000) {
                await(commands().hdel(key, Names.bytes(from)));
            } else if (!node.equals(from)) {
                others.add(notice[1]);
            }
        });
        return others;
    }

    /** What is later is as good as lost. */
    static <T> CompletionStage<T> within(Duration patience, CompletionStage<T> stage) {
        return stage.toCompletableFuture().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits, on a thread that may wait. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StoreAway("quota store: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreAway("quota store: interrupted");
        }
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    @Override
    public void close() {
        closed = true;
        connection.ifPresent(StatefulRedisConnection::close);
        client.shutdown(Duration.ZERO, CONNECT);
        resources.shutdown(0, CONNECT.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(CONNECT.toMillis());
    }
}
