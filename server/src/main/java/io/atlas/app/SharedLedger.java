package io.atlas.app;

import io.atlas.bill.BillLine;
import io.atlas.bill.BillQuery;
import io.atlas.bill.Bills;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Decision;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.GatheredLines;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport;
import io.atlas.ledger.postgresql.AllNodes;
import io.atlas.ledger.postgresql.DayRetention;
import io.atlas.ledger.postgresql.NodeSigns;
import io.atlas.ledger.postgresql.Pace;
import io.atlas.ledger.postgresql.SharedKeys;
import io.atlas.ledger.postgresql.SharedMoves;
import io.atlas.ledger.postgresql.Shipper;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.nodes.SeenNode;
import io.atlas.nodes.Sign;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** What this node shares with the others in one database: lines, issued keys, moves between pools, and who is there. */
record SharedLedger(
        String node,
        SqliteLedger own,
        Shipper shipper,
        AllNodes lines,
        SharedKeys keys,
        SharedMoves moves,
        NodeSigns nodes,
        DayRetention days,
        Semaphore questions)
        implements GatheredLines, Bills, AutoCloseable {
    /** Lines are shipped several times a second while the database is well. */
    private static final Duration CATCH_UP = Duration.ofSeconds(3);

    /** Callers who look for a receipt at once, each with a connection and a worker of his own. */
    private static final int MOST_QUESTIONS = 4;

    static SharedLedger open(LedgerDatabase database, SqliteLedger ledger, TimeSource time) {
        String node = ledger.node(Stores::newNode);
        SharedKeys keys = SharedKeys.of(database, ledger.keys(), time);
        Shipper shipper = Shipper.start(database, ledger.outbox(Stores::newNode), Pace.USUAL);
        AllNodes lines = AllNodes.of(database, Pace.USUAL, node);
        SharedMoves moves = new SharedMoves(keys, ledger.moves());
        return new SharedLedger(
                node,
                ledger,
                shipper,
                lines,
                keys,
                moves,
                NodeSigns.of(database),
                DayRetention.of(database, Pace.USUAL),
                new Semaphore(MOST_QUESTIONS));
    }

    /** From now on keeps the receipts of all nodes for so long, where it is said. */
    void keepReceipts(Supplier<Optional<Duration>> kept) {
        days.begin(kept);
    }

    long lag() {
        return shipper.lag();
    }

    @Override
    public Optional<Decision> decision(String id) {
        if (!questions.tryAcquire()) {
            throw new LedgerException("ledger: as many ask for receipts of other nodes as may at once");
        }
        try {
            return lines.decision(id);
        } finally {
            questions.release();
        }
    }

    @Override
    public DecisionPage decisions(DecisionQuery query) {
        catchUp();
        return lines.decisions(query);
    }

    @Override
    public UsageReport usage(UsageQuery query) {
        catchUp();
        return lines.usage(query);
    }

    @Override
    public List<BillLine> lines(BillQuery query) {
        catchUp();
        return lines.lines(query);
    }

    @Override
    public List<Long> spent(Limit limit, List<Window> parts, CountingRules rules) {
        catchUp();
        return lines.spent(limit, parts, rules);
    }

    private void catchUp() {
        if (!shipper.await(own.lastLine(), CATCH_UP)) {
            throw new LedgerException("ledger: this node's own lines are not in the database of all nodes yet");
        }
    }

    @Override
    public long missingRecords() {
        return nodes.all().stream()
                .map(SeenNode::sign)
                .filter(sign -> !sign.node().equals(node))
                .mapToLong(Sign::lagRecords)
                .sum();
    }

    @Override
    public void close() {
        days.close();
        keys.close();
        shipper.close();
    }
}
