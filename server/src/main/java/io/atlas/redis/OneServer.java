package io.atlas.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One server, which keeps everything: at an address, or found through Sentinels. */
record OneServer(RedisClient client, ClientResources resources, Duration timeout) implements Servers {
    static OneServer of(String url, Duration timeout, ClientOptions options) {
        ClientResources resources = Servers.resources();
        RedisURI uri = RedisURI.create(url);
        uri.setTimeout(timeout);
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(timeout));
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(options);
        return new OneServer(client, resources, timeout);
    }

    @Override
    public <K, V> Line<K, V> connect(RedisCodec<K, V> codec) {
        return new OneLine<>(client.connect(codec));
    }

    @Override
    public <K, V> StatefulRedisPubSubConnection<K, V> listen(RedisCodec<K, V> codec) {
        return client.connectPubSub(codec);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, timeout);
        Servers.close(resources, timeout);
    }

    private record OneLine<K, V>(StatefulRedisConnection<K, V> connection) implements Line<K, V> {
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
            connection.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                    notice.run();
                }
            });
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
