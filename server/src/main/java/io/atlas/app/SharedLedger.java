package io.atlas.app;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.ledger.postgresql.Pace;
import io.atlas.ledger.postgresql.SharedKeys;
import io.atlas.ledger.postgresql.Shipper;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.time.Ids;
import io.atlas.time.TimeSource;

/** What this node shares with the others in one database: the lines of all, and the issued keys. */
record SharedLedger(Shipper shipper, SharedKeys keys) implements AutoCloseable {
    /** So many that no two nodes ever make the same name. */
    private static final int NODE_BYTES = 16;

    static SharedLedger open(LedgerDatabase database, SqliteLedger ledger, TimeSource time) {
        SharedKeys keys = SharedKeys.of(database, ledger.keys(), time);
        Shipper shipper = Shipper.start(database, ledger.outbox(() -> Ids.hexSecret(NODE_BYTES)), Pace.USUAL);
        return new SharedLedger(shipper, keys);
    }

    long lag() {
        return shipper.lag();
    }

    @Override
    public void close() {
        keys.close();
        shipper.close();
    }
}
