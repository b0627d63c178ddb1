package io.atlas.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;

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
        return OneLine.by(() -> client.connect(codec));
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
}
