package io.atlas.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The connection to all servers of a Redis. */
public interface Line<K, V> extends AutoCloseable {
    /** Commands, each of which goes to where its keys are. */
    RedisClusterAsyncCommands<K, V> commands();

    /**
     * The servers that keep keys, in the same order for all nodes. Blocks where one has yet to be connected to.
     *
     * @throws RedisException where one is not there
     */
    List<Master<K, V>> masters();

    /** Whether keys can go from one server to another while they are asked for. */
    boolean movesKeys();

    /** Says it to all who listen, wherever they are connected; completes with their number. */
    CompletionStage<Long> publish(K channel, V message);

    /** Has this done whenever a connection is lost: what a server was told last may be lost with it. */
    void onLoss(Runnable notice);

    /**
     * Connects anew where whoever is connected to does not answer: another may have been put in his place. Blocks.
     *
     * @throws RedisException where nobody is there
     */
    void revive();

    @Override
    void close();
}
