package io.atlas.ledger.sqlite;

import io.atlas.ledger.sql.MoveRows;
import io.atlas.model.PoolMove;
import io.atlas.pool.MoveStore;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The moves between pools in the ledger's file. */
record SqliteMoves(GroupCommit commit, Readers readers) implements MoveStore {
    @Override
    public List<PoolMove> load() {
        return readers.ask(MoveRows::all);
    }

    @Override
    public CompletionStage<Written> write(List<PoolMove> moves, List<String> forgottenIds) {
        return commit.change(connection -> MoveRows.write(connection, moves, forgottenIds))
                .thenApply(_ -> Written.DONE);
    }
}
