package io.atlas.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The servers of a Redis, and how they are connected to. A command that was on its way when a connection broke is never
 * sent again: whether it was carried out is not known, and who asked has to say what follows.
 */
public sealed interface Servers extends AutoCloseable permits OneServer, ClusterServers {
    /**
     * How long is waited for them.
     *
     * @param connected for a connection, and to hear from a machine that it has got what was sent: one that is gone says
     *     nothing
     * @param answered for the answer to a command; empty where whoever asks says so himself, as a timer for each command would
     *     keep it, with its answer, for ten milliseconds after it
     */
    record Patience(Duration connected, Optional<Duration> answered) {}

    /**
     * None is connected to yet.
     *
     * @param url {@code redis://HOST:PORT}, {@code redis-sentinel://HOST:PORT,...#MASTER}, {@code
     *     redis-cluster://HOST:PORT,...}, or the same with {@code rediss}: by TLS, and with {@code ?sslrootcert=/FILE} only to
     *     servers whose certificates one of these has signed
     * @param mostUnanswered commands on their way at once to one server; more are refused
     */
    static Servers at(String url, Patience patience, int mostUnanswered) {
        Address address = Address.of(url);
        Duration timeout = patience.connected;
        ClientOptions.Builder options = ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(_ -> true)
                .requestQueueSize(mostUnanswered)
                .socketOptions(sockets(timeout))
                .timeoutOptions(patience.answered
                        .map(TimeoutOptions::enabled)
                        .orElseGet(() ->
                                TimeoutOptions.builder().timeoutCommands(false).build()));
        address.roots()
                .ifPresent(file -> options.sslOptions(SslOptions.builder()
                        .jdkSslProvider()
                        .trustManager(file.toFile())
                        .build()));
        return ClusterServers.meant(address.url())
                ? ClusterServers.of(address.url(), timeout, options.build())
                : OneServer.of(address.url(), timeout, options.build());
    }

    /** Of a machine that has lost its power nobody says that a connection is over; the system finds out after a quarter of an hour. */
    private static SocketOptions sockets(Duration timeout) {
        Duration half = timeout.dividedBy(2);
        return SocketOptions.builder()
                .connectTimeout(timeout)
                .tcpNoDelay(true)
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(half)
                        .interval(half)
                        .count(2)
                        .build())
                .tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                        .enable()
                        .tcpUserTimeout(timeout)
                        .build())
                .build();
    }

    /**
     * Connects; what is lost is connected again by itself. Blocks.
     *
     * @throws RedisException where nobody is there
     */
    <K, V> Line<K, V> connect(RedisCodec<K, V> codec);

    /**
     * Connects to listen. Blocks.
     *
     * @throws RedisException where nobody is there
     */
    <K, V> StatefulRedisPubSubConnection<K, V> listen(RedisCodec<K, V> codec);

    @Override
    void close();

    /** What a client of its own stands on. */
    static ClientResources resources() {
        int threads = 2;
        return ClientResources.builder()
                .reconnectDelay(Delay.constant(Duration.ofMillis(100)))
                .ioThreadPoolSize(threads)
                .computationThreadPoolSize(threads)
                .build();
    }

    /** Lets them go. */
    static void close(ClientResources resources, Duration timeout) {
        resources.shutdown(0, timeout.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(timeout.toMillis());
    }
}
