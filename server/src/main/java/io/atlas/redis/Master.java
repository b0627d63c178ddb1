package io.atlas.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * A server that keeps keys.
 *
 * @param commands to it and no other
 * @param tag a hash tag whose keys it keeps; empty where it keeps all
 */
public record Master<K, V>(RedisClusterAsyncCommands<K, V> commands, String tag) {
    /** The name as that of a key which this server keeps. */
    public String own(String name) {
        return tag.isEmpty() ? name : name + ":{" + tag + "}";
    }
}
