package io.atlas.store.redis;

import io.atlas.redis.Line;
import io.atlas.redis.Master;
import io.atlas.redis.OpenSlot;
import io.atlas.redis.Servers;
import io.atlas.store.Health;
import io.atlas.store.StoreAway;
import io.atlas.store.StoreBusy;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the server, or to those of a cluster: then a command goes to where its keys are, and what is asked of
 * the server is asked of each of them.
 */
final class Link implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private static final Duration NOTICE_COUNTS = Duration.ofSeconds(15);

    /** Between the time of a notice and its text. */
    private static final String NOTICE_FROM = " ";

    private static final String UNKNOWN = "unknown";

    private static final long MICROS_PER_SECOND = 1_000_000;

    /** Commands on their way at once; beyond it the server is as good as away. */
    private static final int MAX_UNANSWERED = 20_000;

    private final Servers servers;
    private final Scripts scripts;
    private final Map<Script, Scripts.Text> fenced = new ConcurrentHashMap<>();
    private volatile Optional<Line<byte[], byte[]>> line = Optional.empty();
    private volatile Runnable onLoss = () -> {};
    private volatile boolean closed;

    /** Why there is no line yet. */
    private volatile String unconnected = "not connected yet";

    private Link(Servers servers, Scripts scripts) {
        this.servers = servers;
        this.scripts = scripts;
    }

    /** A link that is not connected yet. */
    static Link to(String url, Scripts scripts) {
        return new Link(Servers.at(url, new Servers.Patience(CONNECT, Optional.empty()), MAX_UNANSWERED), scripts);
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
     * Connects for the first time; afterwards the client connects by itself, but where nothing was lost and nobody answers.
     * Blocks.
     *
     * @return whether this was the first time
     */
    synchronized boolean connect() {
        try {
            if (line.isPresent()) {
                line.orElseThrow().revive();
                return false;
            }
            Line<byte[], byte[]> made = servers.connect(ByteArrayCodec.INSTANCE);
            made.onLoss(() -> {
                if (!closed) {
                    onLoss.run();
                }
            });
            line = Optional.of(made);
            return true;
        } catch (RedisException e) {
            unconnected = why(e);
            throw notConnected();
        }
    }

    /** With what is at the bottom of it: a password, a certificate, a port where nobody listens. */
    private static String why(RedisException failure) {
        String what = String.valueOf(failure.getMessage());
        String bottom = bottom(failure);
        return bottom.equals(what) ? what : what + ": " + bottom;
    }

    private static String bottom(Throwable failure) {
        Throwable below = below(failure);
        return below == null ? String.valueOf(failure.getMessage()) : bottom(below);
    }

    /** Who tried several servers has no cause, but what went wrong with each. */
    private static @Nullable Throwable below(Throwable failure) {
        Throwable[] each = failure.getSuppressed();
        return failure.getCause() == null && each.length > 0 ? each[0] : failure.getCause();
    }

    /** Runs a script, by its digest; where the server does not know it, or no longer, by its text. */
    <T> CompletionStage<T> run(Script script, List<byte[]> keys, byte[]... arguments) {
        if (line.isEmpty()) {
            return CompletableFuture.failedStage(notConnected());
        }
        byte[][] names = keys.toArray(byte[][]::new);
        if (!line.orElseThrow().movesKeys()) {
            return run(scripts.text(script), script.output(), names, arguments);
        }
        Scripts.Text text = fenced.computeIfAbsent(script, this::fenced);
        byte[][] more = OpenSlot.fenced(names);
        return OpenSlot.<T>await(() -> run(text, script.output(), more, arguments))
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedStage(OpenSlot.refused(failure) ? new StoreBusy() : failure));
    }

    private <T> CompletionStage<T> run(Scripts.Text text, ScriptOutputType output, byte[][] keys, byte[][] arguments) {
        CompletionStage<T> ran = commands().evalsha(text.digest(), output, keys, arguments);
        return ran.exceptionallyCompose(failure -> unwrapped(failure) instanceof RedisNoScriptException
                ? commands().eval(text.bytes(), output, keys, arguments)
                : CompletableFuture.failedStage(failure));
    }

    private Scripts.Text fenced(Script script) {
        byte[] bytes = OpenSlot.fenced(scripts.text(script).bytes());
        return new Scripts.Text(bytes, commands().digest(bytes));
    }

    /** Has this done whenever the connection is lost: what the server was told last may be lost with it. */
    void onLoss(Runnable notice) {
        onLoss = notice;
    }

    RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return line.orElseThrow(this::notConnected).commands();
    }

    /** The servers that keep keys. Blocks. */
    List<Master<byte[], byte[]>> masters() {
        try {
            return line.orElseThrow(this::notConnected).masters();
        } catch (RedisException e) {
            throw new StoreAway("quota store: " + e.getMessage());
        }
    }

    private StoreAway notConnected() {
        return new StoreAway("quota store: " + unconnected);
    }

    /** Why a server is not fit to keep counters: too old, or throwing away what it was told to keep. Blocks. */
    Optional<String> unfit() {
        return masters().stream().map(Link::unfit).flatMap(Optional::stream).findFirst();
    }

    private static Optional<String> unfit(Master<byte[], byte[]> master) {
        String version = said(master, "server", "redis_version");
        if (!version.matches("(6\\.([2-9]|[1-9][0-9])|[7-9]|[1-9][0-9])\\..*")) {
            return Optional.of("quota store: Redis " + version + " (expected: 6.2 or newer)");
        }
        String policy = said(master, "memory", "maxmemory_policy");
        return policy.equals("noeviction")
                ? Optional.empty()
                : Optional.of("quota store: maxmemory-policy " + policy + " (expected: noeviction)");
    }

    /** Why nothing can be told one of them: it is full, or the copy of another server. Blocks. */
    Optional<String> unwritable() {
        return masters().stream()
                .map(Link::unwritable)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> unwritable(Master<byte[], byte[]> master) {
        return await(master.commands()
                .set(Names.bytes(master.own(Names.PROBE)), new byte[] {'1'}, SetArgs.Builder.px(1))
                .handle((_, failure) -> {
                    if (failure == null || OpenSlot.forwarded(failure)) {
                        return Optional.empty();
                    }
                    if (unwrapped(failure) instanceof RedisCommandExecutionException refused) {
                        return Optional.of("quota store: " + refused.getMessage());
                    }
                    throw new CompletionException(failure);
                }));
    }

    /** How the server is, or the first of them. Blocks. */
    Health health() {
        return new Health(version(first()), unfit().orElse(""), clockMicros());
    }

    /** Valkey calls itself a Redis of the version that it was made of, too. */
    private static String version(Master<byte[], byte[]> master) {
        String valkey = said(master, "server", "valkey_version");
        return valkey.equals(UNKNOWN) ? said(master, "server", "redis_version") : valkey + " of Valkey";
    }

    /** The server's clock; of several the same one's for all nodes, as long as it is there. Blocks. */
    long clockMicros() {
        List<byte[]> time = await(first().commands().time());
        return number(time.getFirst()) * MICROS_PER_SECOND + number(time.getLast());
    }

    private Master<byte[], byte[]> first() {
        return masters().getFirst();
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    /** The name that the server has given itself for as long as it runs. */
    static String runOf(Master<byte[], byte[]> master) {
        return said(master, "server", "run_id");
    }

    private static String said(Master<byte[], byte[]> master, String section, String key) {
        return await(master.commands().info(section))
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElse(UNKNOWN);
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

    /** Waits, on a thread that may wait. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StoreAway("quota store: no answer within " + CONNECT);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreBusy ? new StoreBusy() : new StoreAway("quota store: " + e.getMessage());
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
        line.ifPresent(Line::close);
        servers.close();
    }
}
