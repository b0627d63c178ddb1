package io.atlas.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A cluster, found through any of its servers. It is asked every second, and whenever something is lost, who keeps what. */
record ClusterServers(RedisClusterClient client, ClientResources resources, Duration timeout) implements Servers {
    private static final String SCHEME = "-cluster://";
    private static final Duration REFRESH = Duration.ofSeconds(1);

    /** Whether it is the URL of one. */
    static boolean meant(String url) {
        return url.startsWith("redis" + SCHEME) || url.startsWith("rediss" + SCHEME);
    }

    static ClusterServers of(String url, Duration timeout, ClientOptions options) {
        ClientResources resources = Servers.resources();
        List<RedisURI> uris = RedisClusterURIUtil.toRedisURIs(URI.create(url.replaceFirst(SCHEME, "://")));
        uris.forEach(uri -> uri.setTimeout(timeout));
        RedisClusterClient client = RedisClusterClient.create(resources, uris);
        client.setOptions(ClusterClientOptions.builder(options)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(REFRESH)
                        .adaptiveRefreshTriggersTimeout(REFRESH)
                        .build())
                .build());
        return new ClusterServers(client, resources, timeout);
    }

    @Override
    public <K, V> Line<K, V> connect(RedisCodec<K, V> codec) {
        ClusterLine<K, V> line = new ClusterLine<>(client.connect(codec), this::onLoss);
        try {
            // A command to one that has yet to be connected to would be refused.
            line.masters();
            return line;
        } catch (RedisException e) {
            line.close();
            throw e;
        }
    }

    /** What was closed on purpose, as a look at who keeps what is at its end, is no loss. */
    private void onLoss(Runnable notice) {
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                if (!lost.isClosed()) {
                    notice.run();
                }
            }
        });
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
