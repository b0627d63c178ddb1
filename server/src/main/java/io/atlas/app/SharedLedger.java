package io.atlas.app;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.ledger.postgresql.NodeSigns;
import io.atlas.ledger.postgresql.Pace;
import io.atlas.ledger.postgresql.SharedKeys;
import io.atlas.ledger.postgresql.Shipper;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.time.TimeSource;

/** What this node shares with the others in one database: the lines of all, the issued keys, and who is there. */
record SharedLedger(Shipper shipper, SharedKeys keys, NodeSigns nodes) implements AutoCloseable {
    static SharedLedger open(LedgerDatabase database, SqliteLedger ledger, TimeSource time) {
        SharedKeys keys = SharedKeys.of(database, ledger.keys(), time);
        Shipper shipper = Shipper.start(database, ledger.outbox(Stores::newNode), Pace.USUAL);
        return new SharedLedger(shipper, keys, NodeSigns.of(database));
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
