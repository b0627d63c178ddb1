package io.atlas.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The connection to a server that keeps everything. */
final class OneLine<K, V> implements Line<K, V>, RedisConnectionStateListener {
    /** Who says nothing for so long does not answer. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Supplier<StatefulRedisConnection<K, V>> connect;
    private volatile StatefulRedisConnection<K, V> connection;
    private volatile Runnable onLoss = () -> {};

    private OneLine(Supplier<StatefulRedisConnection<K, V>> connect, StatefulRedisConnection<K, V> connection) {
        this.connect = connect;
        this.connection = connection;
    }

    /** Connected by that, now and whenever it has to be anew. Blocks. */
    static <K, V> OneLine<K, V> by(Supplier<StatefulRedisConnection<K, V>> connect) {
        OneLine<K, V> line = new OneLine<>(connect, connect.get());
        line.connection.addListener(line);
        return line;
    }

    @Override
    public RedisClusterAsyncCommands<K, V> commands() {
        return connection.async();
    }

    @Override
    public List<Master<K, V>> masters() {
        return List.of(new Master<>(commands(), ""));
    }

    @Override
    public boolean movesKeys() {
        return false;
    }

    @Override
    public CompletionStage<Long> publish(K channel, V message) {
        return commands().publish(channel, message);
    }

    @Override
    public void onLoss(Runnable notice) {
        onLoss = notice;
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
        onLoss.run();
    }

    @Override
    public synchronized void revive() {
        try {
            connection.async().ping().get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            StatefulRedisConnection<K, V> silent = connection;
            connection = connect.get();
            connection.addListener(this);
            silent.removeListener(this);
            silent.close();
        } catch (ExecutionException e) {
            throw new RedisException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisException(e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
