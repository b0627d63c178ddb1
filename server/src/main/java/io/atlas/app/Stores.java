package io.atlas.app;

import io.atlas.config.Configuration;
import io.atlas.config.Model;
import io.atlas.config.Snapshot;
import io.atlas.ledger.Posting;
import io.atlas.ledger.open.OpenTable;
import io.atlas.ledger.open.Recovery;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.store.memory.MemoryStore;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives a request: the ledger, the table of open requests, and the counters, which are built from the ledger once
 * it holds what a dead process left open.
 */
record Stores(DataFolder folder, SqliteLedger ledger, OpenTable open, MemoryStore quota) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    /** As many requests as can be on their way to backends at once. */
    private static final int OPEN_REQUESTS = 32_768;

    static Stores open(Snapshot snapshot, long nowMicros) {
        Configuration configuration = snapshot.configuration();
        DataFolder folder = DataFolder.take(configuration.server().data());
        SqliteLedger ledger = SqliteLedger.open(folder.ledger(), configuration.durability());
        OpenTable open = OpenTable.open(folder.openRequests(), OPEN_REQUESTS);
        int survivors = Waiting.on(Recovery.run(open, ledger), "recovery of open requests");
        if (survivors > 0 || open.tornSlots() > 0) {
            LOG.atWarn()
                    .addKeyValue("settled", survivors)
                    .addKeyValue("unreadable", open.tornSlots())
                    .log("the last process died with requests open");
        }
        Stores stores = new Stores(folder, ledger, open, new MemoryStore());
        stores.count(snapshot, nowMicros);
        return stores;
    }

    /** Charges the counters with what the ledger holds. */
    private void count(Snapshot snapshot, long nowMicros) {
        Map<String, String> classes = snapshot.configuration().models().values().stream()
                .collect(Collectors.toMap(Model::name, Model::modelClass));
        for (Posting posting : ledger.postings(snapshot.limits(), classes, nowMicros)) {
            quota.seed(posting.limit(), posting.amount(), posting.atMicros());
        }
    }

    @Override
    public void close() {
        ledger.close();
        open.close();
        folder.close();
    }
}
