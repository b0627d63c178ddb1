package io.atlas.replay.redis;

import io.atlas.redis.Line;
import io.atlas.redis.Servers;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Messages through the server, which keeps none of them. They have connections of their own: a counter must not wait
 * behind an answer of a megabyte.
 */
final class Bus implements AutoCloseable {
    private static final String POINT = "atlas:prints";
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Messages on their way at once, and their bytes; what is beyond is not said. */
    private static final int MOST_UNSAID = 10_000;

    private static final long MOST_UNSAID_BYTES = 64 << 20;

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final Servers servers;
    private final AtomicInteger unsaid = new AtomicInteger();
    private final AtomicLong unsaidBytes = new AtomicLong();
    private volatile Optional<Ends> ends = Optional.empty();

    private record Ends(Line<String, byte[]> mouth, StatefulRedisPubSubConnection<String, byte[]> ear) {}

    Bus(String url) {
        servers = Servers.at(url, new Servers.Patience(PATIENCE, Optional.of(PATIENCE)), 2 * MOST_UNSAID);
    }

    /** Whether it has ever been connected: from then on the client connects again by itself, and listens again. */
    boolean connected() {
        return ends.isPresent();
    }

    /**
     * Connects for the first time, and listens. Blocks.
     *
     * @throws RedisException where the server is away
     */
    void connect(Consumer<byte[]> listener, String... channels) {
        Line<String, byte[]> mouth = servers.connect(CODEC);
        try {
            StatefulRedisPubSubConnection<String, byte[]> ear = servers.listen(CODEC);
            ear.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, byte[] message) {
                    listener.accept(message);
                }
            });
            ear.sync().subscribe(channels);
            ends = Optional.of(new Ends(mouth, ear));
        } catch (RedisException e) {
            mouth.close();
            throw e;
        }
    }

    /** Says it to whoever listens. */
    CompletionStage<?> say(String channel, Message message) {
        return said(message, bytes -> mouth().commands().publish(channel, bytes));
    }

    /** Says it; completes with the number of those who heard it, which costs more where there are several servers. */
    CompletionStage<Long> ask(String channel, Message message) {
        return said(message, bytes -> mouth().publish(channel, bytes));
    }

    private CompletionStage<Long> said(Message message, Function<byte[], CompletionStage<Long>> publish) {
        if (ends.isEmpty() || unsaid.get() >= MOST_UNSAID || unsaidBytes.get() >= MOST_UNSAID_BYTES) {
            return CompletableFuture.failedStage(new RedisException("not said: " + message.getClass()));
        }
        byte[] bytes = Packet.of(message);
        unsaid.incrementAndGet();
        unsaidBytes.addAndGet(bytes.length);
        return publish.apply(bytes).whenComplete((_, _) -> {
            unsaid.decrementAndGet();
            unsaidBytes.addAndGet(-bytes.length);
        });
    }

    /** Runs a script on one key, with these texts; completes with the text that it replies with. */
    CompletionStage<String> run(String script, String key, String... texts) {
        if (ends.isEmpty()) {
            return CompletableFuture.failedStage(new RedisException("not connected yet"));
        }
        byte[][] arguments = Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return mouth().commands()
                .<byte[]>eval(script, ScriptOutputType.VALUE, new String[] {key}, arguments)
                .thenApply(reply -> new String(reply, StandardCharsets.UTF_8));
    }

    private Line<String, byte[]> mouth() {
        return ends.orElseThrow().mouth;
    }

    /**
     * The number that all nodes have: that of the first who came. Blocks.
     *
     * @throws RedisException where the server is away
     */
    long agreed(long mine) {
        var server = mouth().commands();
        byte[] own = Long.toString(mine).getBytes(StandardCharsets.US_ASCII);
        LettuceFutures.awaitOrCancel(
                server.set(POINT, own, SetArgs.Builder.nx()), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        byte[] agreed = LettuceFutures.awaitOrCancel(server.get(POINT), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return agreed == null ? mine : Long.parseLong(new String(agreed, StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        servers.close();
    }
}
