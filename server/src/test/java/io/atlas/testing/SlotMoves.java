package io.atlas.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Moves slots from one server of a cluster to another, key by key, by the commands that redis-cli reshards with. */
public final class SlotMoves implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN = Duration.ofMillis(2);

    /** Words of a line of {@code CLUSTER NODES}. */
    private static final int ID = 0;

    private static final int EPOCH = 6;
    private static final int SLOTS = 8;

    private record Seat(RedisClient client, StatefulRedisConnection<String, String> connection, String id) {
        RedisCommands<String, String> server() {
            return connection.sync();
        }
    }

    private final Map<RealRedis, Seat> seats = new LinkedHashMap<>();

    private SlotMoves() {}

    /** Between the servers that the cluster has now. */
    public static SlotMoves of(RealCluster cluster) {
        SlotMoves moves = new SlotMoves();
        for (RealRedis server : cluster.masters()) {
            RedisClient client = RedisClient.create(server.url());
            StatefulRedisConnection<String, String> connection = client.connect();
            moves.seats.put(
                    server, new Seat(client, connection, connection.sync().clusterMyId()));
        }
        return moves;
    }

    /** The server that keeps the slot. */
    public RealRedis keeper(int slot) {
        for (Map.Entry<RealRedis, Seat> seat : seats.entrySet()) {
            Seat there = seat.getValue();
            if (there.server().clusterNodes().lines().anyMatch(line -> line.contains("myself") && keeps(line, slot))) {
                return seat.getKey();
            }
        }
        throw new IllegalStateException("slot " + slot + ": kept by nobody");
    }

    private static boolean keeps(String line, int slot) {
        String[] words = line.split(" ", -1);
        for (int i = SLOTS; i < words.length; i++) {
            String[] ends = words[i].split("-", -1);
            if (!words[i].startsWith("[")
                    && Integer.parseInt(ends[0]) <= slot
                    && slot <= Integer.parseInt(ends[ends.length - 1])) {
                return true;
            }
        }
        return false;
    }

    /**
     * Waits until the servers know of the moves before: one that does not yet know how often the others were given slots
     * takes what it is given for older than what they kept, so that of two each sends the callers to the other.
     */
    private void awaitAgreement() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (seats.values().stream().map(SlotMoves::epochs).distinct().count() > 1) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(
                        "epochs of the servers: not the same (expected: so, after " + PATIENCE + ")");
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    /** By the ids of the servers, as one of them knows them. */
    private static Map<String, String> epochs(Seat seat) {
        return seat.server()
                .clusterNodes()
                .lines()
                .map(line -> line.split(" ", -1))
                .collect(Collectors.toMap(words -> words[ID], words -> words[EPOCH]));
    }

    /**
     * Moves a slot; returns when all servers know.
     *
     * @param pause after each key: for so long it is at one server and the next at the other
     */
    public void move(int slot, RealRedis to, Duration pause) {
        move(slot, keeper(slot), to, pause);
    }

    /** The same from the server that is known to keep it. */
    public void move(int slot, RealRedis from, RealRedis to, Duration pause) {
        if (from == to) {
            return;
        }
        awaitAgreement();
        Seat source = seat(from);
        Seat target = seat(to);
        target.server().clusterSetSlotImporting(slot, source.id);
        source.server().clusterSetSlotMigrating(slot, target.id);
        List<String> keys = source.server().clusterGetKeysInSlot(slot, 1);
        while (!keys.isEmpty()) {
            source.server().migrate("127.0.0.1", to.port(), keys.getFirst(), 0, PATIENCE.toMillis());
            LockSupport.parkNanos(pause.toNanos());
            keys = source.server().clusterGetKeysInSlot(slot, 1);
        }
        target.server().clusterSetSlotNode(slot, target.id);
        source.server().clusterSetSlotNode(slot, target.id);
        seats.values().stream()
                .filter(seat -> !seat.id.equals(source.id) && !seat.id.equals(target.id))
                .forEach(seat -> seat.server().clusterSetSlotNode(slot, target.id));
    }

    private Seat seat(RealRedis server) {
        return Objects.requireNonNull(seats.get(server));
    }

    @Override
    public void close() {
        seats.values().forEach(seat -> seat.client.shutdown(Duration.ZERO, PATIENCE));
    }
}
