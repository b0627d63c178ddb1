package io.atlas.ledger.sqlite;

import io.atlas.keys.KeyRecord;
import io.atlas.keys.KeyStore;
import io.atlas.ledger.sql.KeyRows;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The issued keys in the ledger's file, written by its one writing thread between two batches of lines. */
record SqliteKeyStore(GroupCommit commit, Readers readers) implements KeyStore {
    @Override
    public List<KeyRecord> load() {
        return readers.ask(KeyRows::all);
    }

    @Override
    public CompletionStage<Written> write(List<KeyRecord> records, List<String> forgottenIds) {
        return commit.change(connection -> KeyRows.write(connection, records, forgottenIds))
                .thenApply(_ -> Written.DONE);
    }
}
