package io.atlas.replay.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Messages through the server, which keeps none of them. They have connections of their own: a counter must not wait
 * behind an answer of a megabyte.
 */
final class Bus implements AutoCloseable {
    private static final String POINT = "atlas:prints";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration RECONNECT = Duration.ofMillis(100);
    private static final int THREADS = 2;

    /** Messages on their way at once; what is beyond is not said. */
    private static final int MOST_UNSAID = 1_000;

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final ClientResources resources;
    private final RedisClient client;
    private final AtomicInteger unsaid = new AtomicInteger();
    private volatile Optional<Ends> ends = Optional.empty();

    private record Ends(
            StatefulRedisConnection<String, byte[]> mouth, StatefulRedisPubSubConnection<String, byte[]> ear) {}

    Bus(String url) {
        resources = ClientResources.builder()
                .reconnectDelay(Delay.constant(RECONNECT))
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .build();
        client = RedisClient.create(resources, RedisURI.create(url));
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(_ -> true)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(PATIENCE)
                        .tcpNoDelay(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(PATIENCE))
                .build());
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
        StatefulRedisConnection<String, byte[]> mouth = client.connect(CODEC);
        try {
            StatefulRedisPubSubConnection<String, byte[]> ear = client.connectPubSub(CODEC);
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

    /** Says it; completes with the number of those who heard it. */
    CompletionStage<Long> say(String channel, Message message) {
        if (ends.isEmpty() || unsaid.get() >= MOST_UNSAID) {
            return CompletableFuture.failedStage(new RedisException("not said: " + message.getClass()));
        }
        unsaid.incrementAndGet();
        return ends.orElseThrow()
                .mouth
                .async()
                .publish(channel, Packet.of(message))
                .whenComplete((_, _) -> unsaid.decrementAndGet());
    }

    /**
     * The number that all nodes have: that of the first who came. Blocks.
     *
     * @throws RedisException where the server is away
     */
    long agreed(long mine) {
        var server = ends.orElseThrow().mouth.sync();
        server.set(POINT, Long.toString(mine).getBytes(StandardCharsets.US_ASCII), SetArgs.Builder.nx());
        byte[] agreed = server.get(POINT);
        return agreed == null ? mine : Long.parseLong(new String(agreed, StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, PATIENCE);
        resources.shutdown(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(PATIENCE.toMillis());
    }
}
