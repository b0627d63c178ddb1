package io.atlas.testing;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster of three Redis servers of one's own, each of which keeps a third of the slots. */
public final class RealCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final long START_SECONDS = 30;

    private final ServerKind kind;
    private final Access access;
    private final Path folder;
    private final List<RealRedis> masters = new ArrayList<>();
    private final List<RealRedis> replicas = new ArrayList<>();

    private RealCluster(ServerKind kind, Access access, Path folder) {
        this.kind = kind;
        this.access = access;
        this.folder = folder;
    }

    /** Starts it, with its files in that folder; returns when all of it answers. */
    public static RealCluster start(Path folder) {
        return start(ServerKind.usual(), Access.FREE, folder);
    }

    /** Starts one of such servers. */
    public static RealCluster start(ServerKind kind, Access access, Path folder) {
        RealCluster cluster = new RealCluster(kind, access, folder);
        for (int i = 0; i < MASTERS; i++) {
            RealRedis master = RealRedis.ofCluster(kind, access, folder);
            cluster.masters.add(master);
            int third = i;
            int[] slots = IntStream.range(0, SlotHash.SLOT_COUNT)
                    .filter(slot -> third(slot) == third)
                    .toArray();
            master.tell(redis -> redis.clusterAddSlots(slots));
            master.tell(redis ->
                    redis.clusterMeet("127.0.0.1", cluster.masters.getFirst().port()));
        }
        cluster.awaitAll();
        return cluster;
    }

    private void awaitAll() {
        await(
                "cluster",
                () -> masters.stream()
                        .map(RealCluster::info)
                        .allMatch(info -> info.contains("cluster_state:ok")
                                && info.contains("cluster_known_nodes:" + masters.size())));
    }

    /** Where a client finds it. */
    public String url() {
        return access.url(
                "-cluster",
                masters.stream().map(master -> "127.0.0.1:" + master.port()).collect(Collectors.joining(",")));
    }

    /** Its servers, those that were added at the end. */
    public List<RealRedis> masters() {
        return List.copyOf(masters);
    }

    /** Adds a server, which keeps nothing yet. */
    public RealRedis add() {
        RealRedis added = RealRedis.ofCluster(kind, access, folder);
        added.tell(redis -> redis.clusterMeet("127.0.0.1", masters.getFirst().port()));
        masters.add(added);
        awaitAll();
        return added;
    }

    /** Takes away a server that keeps nothing any more. */
    public void remove(RealRedis server) {
        String id = server.tell(redis -> redis.clusterMyId());
        masters.remove(server);
        masters.forEach(other -> other.tell(redis -> redis.clusterForget(id)));
        server.close();
    }

    /** The server that keeps the keys of that tag at first. */
    public RealRedis of(String tag) {
        return first(SlotHash.getSlot(tag));
    }

    /** The server that keeps that slot at first. */
    public RealRedis first(int slot) {
        return masters.get(third(slot));
    }

    /** Starts a copy of one of its servers, which takes over when that dies. */
    public RealRedis replicate(RealRedis master) {
        RealRedis replica = RealRedis.ofCluster(kind, access, folder);
        replicas.add(replica);
        String id = master.tell(redis -> redis.clusterMyId());
        replica.tell(redis -> redis.clusterMeet("127.0.0.1", master.port()));
        await(
                "replica",
                () -> replica.tell(redis -> redis.clusterNodes()).contains(id)
                        && !info(replica).contains("cluster_known_nodes:1\r"));
        replica.tell(redis -> redis.clusterReplicate(id));
        await("replica", () -> replica.tell(redis -> redis.info("replication")).contains("master_link_status:up"));
        List<RealRedis> others = masters.stream().filter(one -> one != master).toList();
        String own = replica.tell(redis -> redis.clusterMyId());
        await(
                "known to all",
                () -> others.stream()
                        .allMatch(other -> other.tell(redis -> redis.clusterNodes())
                                .lines()
                                .anyMatch(line -> line.startsWith(own) && line.contains("slave " + id))));
        return replica;
    }

    private static int third(int slot) {
        return slot * MASTERS / SlotHash.SLOT_COUNT;
    }

    private static String info(RealRedis server) {
        return server.tell(redis -> redis.clusterInfo());
    }

    private static void await(String what, BooleanSupplier there) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!isThere(there)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(what + ": not there (expected: it, after " + START_SECONDS + " s)");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static boolean isThere(BooleanSupplier there) {
        try {
            return there.getAsBoolean();
        } catch (RedisException e) {
            return false;
        }
    }

    @Override
    public void close() {
        masters.forEach(RealRedis::close);
        replicas.forEach(RealRedis::close);
    }
}
