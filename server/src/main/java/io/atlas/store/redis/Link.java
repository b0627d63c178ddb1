package io.atlas.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The connection to the server. A command that was on its way when the connection broke is never sent again by the
 * client: whether it was carried out is not known, and who asked has to say what follows.
 */
final class Link implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** Commands on their way at once; beyond it the server is as good as away. */
    private static final int MAX_UNANSWERED = 20_000;

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Scripts scripts;

    private Link(RedisClient client, StatefulRedisConnection<byte[], byte[]> connection, Scripts scripts) {
        this.client = client;
        this.connection = connection;
        this.scripts = scripts;
    }

    static Link open(String url, Duration patience, Scripts scripts) {
        RedisClient client = RedisClient.create(RedisURI.create(url));
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(_ -> true)
                .requestQueueSize(MAX_UNANSWERED)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .tcpNoDelay(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(patience))
                .build());
        return new Link(client, client.connect(ByteArrayCodec.INSTANCE), scripts);
    }

    /** Runs a script, by its digest; where the server does not know it, or no longer, by its text. */
    <T> CompletionStage<T> run(Script script, List<byte[]> keys, byte[]... arguments) {
        Scripts.Text text = scripts.text(script);
        byte[][] names = keys.toArray(byte[][]::new);
        CompletionStage<T> ran = commands().evalsha(text.digest(), script.output(), names, arguments);
        return ran.exceptionallyCompose(failure -> unwrapped(failure) instanceof RedisNoScriptException
                ? commands().eval(text.bytes(), script.output(), names, arguments)
                : CompletableFuture.failedStage(failure));
    }

    RedisAsyncCommands<byte[], byte[]> commands() {
        return connection.async();
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, CONNECT);
    }
}
