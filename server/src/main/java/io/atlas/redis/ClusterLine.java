package io.atlas.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The connections to the servers of a cluster. */
record ClusterLine<K, V>(StatefulRedisClusterConnection<K, V> connection, Consumer<Runnable> losses)
        implements Line<K, V> {
    /** Numbers whose slots are all that there are, many times. */
    private static final int TAGS = 64 * SlotHash.SLOT_COUNT;

    @Override
    public RedisClusterAsyncCommands<K, V> commands() {
        return connection.async();
    }

    /**
     * One that keeps nothing is no master, but is connected to, for the moment when the first key goes there. By their
     * addresses: so these are the connections that commands go by which are sent to where their keys are.
     */
    @Override
    public List<Master<K, V>> masters() {
        connection.getPartitions().stream()
                .filter(node -> node.getRole().isUpstream() && node.hasNoSlots())
                .forEach(this::connect);
        return connection.getPartitions().stream()
                .filter(node -> node.getRole().isUpstream() && !node.hasNoSlots())
                .sorted(Comparator.comparing(RedisClusterNode::getNodeId))
                .map(node -> new Master<K, V>(
                        connection
                                .getConnection(
                                        node.getUri().getHost(), node.getUri().getPort())
                                .async(),
                        tag(node)))
                .toList();
    }

    /** Nobody waits for it: whether it is there is seen when it is needed. */
    private void connect(RedisClusterNode node) {
        CompletionStage<?> connecting = connection.getConnectionAsync(
                node.getUri().getHost(), node.getUri().getPort());
        connecting.thenRun(() -> {});
    }

    @Override
    public boolean movesKeys() {
        return true;
    }

    private static String tag(RedisClusterNode node) {
        return IntStream.range(0, TAGS)
                .mapToObj(Integer::toString)
                .filter(tag -> node.hasSlot(SlotHash.getSlot(tag)))
                .findFirst()
                .orElseThrow();
    }

    /** A server says how many of its own clients heard it, so all of them are asked. One that is not there has none. */
    @Override
    public CompletionStage<Long> publish(K channel, V message) {
        return commands().publish(channel, message).thenCompose(_ -> {
            CompletionStage<Long> sum = CompletableFuture.completedStage(0L);
            for (RedisClusterNode node : connection.getPartitions()) {
                sum = sum.thenCombine(listeners(node, channel), Long::sum);
            }
            return sum;
        });
    }

    @SuppressWarnings("unchecked") // The array that the call makes of one channel is only read.
    private CompletionStage<Long> listeners(RedisClusterNode node, K channel) {
        return connection
                .getConnectionAsync(node.getUri().getHost(), node.getUri().getPort())
                .thenCompose(there -> there.async().pubsubNumsub(channel))
                .thenApply(counts ->
                        counts.values().stream().mapToLong(Long::longValue).sum())
                .exceptionally(_ -> 0L);
    }

    @Override
    public void onLoss(Runnable notice) {
        losses.accept(notice);
    }

    /** The others are asked all the time who stands for one that does not answer. */
    @Override
    public void revive() {}

    @Override
    public void close() {
        connection.close();
    }
}
