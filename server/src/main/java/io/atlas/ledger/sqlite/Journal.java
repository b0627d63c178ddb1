package io.atlas.ledger.sqlite;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Reach;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Sorts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Writes batches of lines, each in one transaction. Belongs to the thread that writes. */
final class Journal implements GroupCommit.Sink {
    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement addReceipt;
    private final PreparedStatement addEntry;
    private final Dictionary callers;
    private final Dictionary terms;
    private final Rollup rollup;
    private final SparedRollup spared;
    private final Sightings sightings;
    private long nextLine;

    Journal(Connection connection) throws SQLException {
        this.connection = connection;
        begin = connection.prepareStatement("BEGIN IMMEDIATE");
        commit = connection.prepareStatement("COMMIT");
        rollback = connection.prepareStatement("ROLLBACK");
        addReceipt =
                connection.prepareStatement("INSERT INTO receipt VALUES (?, ?, ?, '', NULL, ?) ON CONFLICT DO NOTHING");
        addEntry = connection.prepareStatement(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        callers = Dictionary.ofCallers(connection);
        terms = Dictionary.ofTerms(connection);
        rollup = new Rollup(connection);
        spared = new SparedRollup(connection);
        sightings = new Sightings(connection);
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery("SELECT MAX(line) FROM receipt")) {
            nextLine = last.getLong(1) + 1;
        }
    }

    @Override
    public long write(List<Receipt> batch) throws SQLException {
        begin.execute();
        try {
            long firstLine = nextLine;
            int[] added = addReceipts(batch);
            for (int i = 0; i < added.length; i++) {
                if (added[i] == 1) {
                    addEntry(batch.get(i), firstLine + i);
                }
            }
            addEntry.executeBatch();
            rollup.write();
            spared.write();
            sightings.write();
            commit.execute();
            return firstLine;
        } catch (SQLException | RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    @Override
    public void change(GroupCommit.Change change) throws SQLException {
        begin.execute();
        try {
            change.make(connection);
            commit.execute();
        } catch (SQLException | RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    /** Returns 1 for each line that is new, 0 for each whose id was there before. */
    private int[] addReceipts(List<Receipt> batch) throws SQLException {
        for (Receipt receipt : batch) {
            addReceipt.setLong(1, nextLine++);
            addReceipt.setString(2, receipt.id());
            addReceipt.setLong(3, receipt.atMicros());
            addReceipt.setBytes(4, StoredReceipt.of(receipt));
            addReceipt.addBatch();
        }
        return addReceipt.executeBatch();
    }

    private void addEntry(Receipt receipt, long line) throws SQLException {
        long caller = callers.number(texts(receipt.caller()));
        long term = terms.number(terms(receipt));
        Usage usage = receipt.charge().usage();
        addEntry.setLong(1, receipt.atMicros());
        addEntry.setLong(2, line);
        addEntry.setLong(3, caller);
        addEntry.setLong(4, term);
        addEntry.setLong(5, receipt.durationMicros());
        addEntry.setString(6, receipt.outcome().word());
        addEntry.setString(7, receipt.reason().map(Reason::code).orElse(null));
        addEntry.setInt(8, receipt.reach() == Reach.BACKEND ? 1 : 0);
        addEntry.setInt(9, receipt.charge().charged() ? 1 : 0);
        addEntry.setLong(10, usage.inputTokens());
        addEntry.setLong(11, usage.cachedInputTokens());
        addEntry.setLong(12, usage.outputTokens());
        addEntry.setLong(13, usage.reasoningTokens());
        addEntry.setString(14, receipt.charge().source().word());
        addEntry.setLong(15, receipt.costNanoUsd());
        addEntry.setLong(16, receipt.refusedNanoUsd());
        addEntry.setInt(17, receipt.reach() == Reach.ANSWER_OF_ANOTHER ? 1 : 0);
        addEntry.setLong(18, receipt.providerCostNanoUsd());
        addEntry.setLong(19, receipt.credits());
        addEntry.addBatch();
        rollup.count(receipt, caller, term);
        spared.count(receipt, caller, term);
        receipt.caller().endUser().ifPresent(_ -> sightings.see(caller, receipt.atMicros()));
    }

    private static List<String> texts(Caller caller) {
        return List.of(
                caller.tenant(),
                caller.team().orElse(""),
                caller.user().orElse(""),
                caller.key(),
                caller.tier(),
                caller.endUser().orElse(""));
    }

    private static List<String> terms(Receipt receipt) {
        Optional<Served> served = receipt.served();
        return List.of(
                served.map(Served::model).orElseGet(receipt.asked()::writableModel),
                served.map(Served::backend).orElse(""),
                receipt.price(),
                receipt.configuration(),
                Sorts.text(receipt.instead()),
                receipt.asked().tags().text());
    }

    private void undo(Exception cause) {
        try {
            addReceipt.clearBatch();
            addEntry.clearBatch();
            rollup.forget();
            spared.forget();
            sightings.forget();
            callers.forget();
            terms.forget();
            rollback.execute();
        } catch (SQLException e) {
            // Some errors make SQLite roll back by itself, and then there is nothing left to roll back.
            cause.addSuppressed(e);
        }
    }

    /** Copies the WAL into the database and lets go of the file. */
    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : List.of(begin, commit, rollback, addReceipt, addEntry)) {
            statement.close();
        }
        callers.close();
        terms.close();
        rollup.close();
        spared.close();
        sightings.close();
        try (PreparedStatement checkpoint = connection.prepareStatement("PRAGMA wal_checkpoint(TRUNCATE)")) {
            checkpoint.execute();
        }
        connection.close();
    }
}
