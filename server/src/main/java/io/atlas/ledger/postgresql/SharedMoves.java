package io.atlas.ledger.postgresql;

import io.atlas.ledger.LedgerException;
import io.atlas.ledger.sql.MoveRows;
import io.atlas.model.PoolMove;
import io.atlas.pool.MoveStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moves between pools of all nodes. They are in the database, beside the issued keys and announced as those are; a copy
 * on the node's disk serves at a start while it is away. A change is made in the database alone, by who has seen the change
 * before it, so that two nodes never move the same amount away.
 */
public final class SharedMoves implements MoveStore {
    private static final Logger LOG = LoggerFactory.getLogger(SharedMoves.class);
    private static final long NEVER_LOADED = -1;

    private final SharedKeys shared;
    private final MoveStore copy;
    private volatile long revision = NEVER_LOADED;
    private volatile boolean begun;

    /** The moves in the database of those keys, with that copy of them on the node's disk. */
    public SharedMoves(SharedKeys shared, MoveStore copy) {
        this.shared = shared;
        this.copy = copy;
    }

    @Override
    public List<PoolMove> load() {
        boolean atStart = !begun;
        begun = true;
        try (Connection connection = shared.connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            List<PoolMove> there = MoveRows.all(connection);
            long seen = SharedKeys.revision(connection);
            keep(there);
            revision = seen;
            return there;
        } catch (SQLException e) {
            shared.lost(e);
            if (atStart) {
                return copy.load();
            }
            throw new LedgerException("pools: the database of all nodes cannot be asked for what was moved", e);
        }
    }

    @Override
    public CompletionStage<Written> write(List<PoolMove> moves, List<String> forgottenIds) {
        try (Connection connection = shared.connect()) {
            if (SharedKeys.locked(connection) != revision) {
                connection.rollback();
                return CompletableFuture.completedStage(Written.OUTDATED);
            }
            MoveRows.write(connection, moves, forgottenIds);
            revision = SharedKeys.announced(connection);
        } catch (SQLException e) {
            shared.lost(e);
            return CompletableFuture.failedStage(
                    new LedgerException("pools: the database of all nodes did not take a move", e));
        }
        copyOf(moves, forgottenIds);
        return CompletableFuture.completedStage(Written.DONE);
    }

    /** Brings the copy to what is there. */
    private void keep(List<PoolMove> there) {
        List<PoolMove> before = copy.load();
        List<PoolMove> added =
                there.stream().filter(move -> !before.contains(move)).toList();
        Set<String> gone = before.stream().map(PoolMove::id).collect(Collectors.toCollection(HashSet::new));
        there.forEach(move -> gone.remove(move.id()));
        if (!added.isEmpty() || !gone.isEmpty()) {
            copyOf(added, List.copyOf(gone));
        }
    }

    /** Without it the move is made nevertheless, and the copy catches up at the next load. */
    private void copyOf(List<PoolMove> moves, List<String> gone) {
        try {
            copy.write(moves, gone).toCompletableFuture().join();
        } catch (CompletionException e) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("pools: the copy on this node's disk was not written");
        }
    }
}
