package io.atlas.ledger.sqlite;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Usage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes batches of lines, each in one transaction. Belongs to the thread that writes. */
final class Journal implements GroupCommit.Sink {
    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement addReceipt;
    private final PreparedStatement addEntry;
    private final Accounts accounts;
    private final Rollup rollup;

    Journal(Connection connection) throws SQLException {
        this.connection = connection;
        begin = connection.prepareStatement("BEGIN IMMEDIATE");
        commit = connection.prepareStatement("COMMIT");
        rollback = connection.prepareStatement("ROLLBACK");
        addReceipt = connection.prepareStatement(
                "INSERT INTO receipt VALUES (?, ?, CAST(? AS TEXT)) ON CONFLICT DO NOTHING");
        addEntry = connection.prepareStatement(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        accounts = new Accounts(connection);
        rollup = new Rollup(connection);
    }

    @Override
    public void write(List<Receipt> batch) throws SQLException {
        begin.execute();
        try {
            int[] added = addReceipts(batch);
            for (int i = 0; i < added.length; i++) {
                if (added[i] == 1) {
                    addEntry(batch.get(i));
                }
            }
            addEntry.executeBatch();
            rollup.write();
            commit.execute();
        } catch (SQLException | RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    /** Returns 1 for each line that is new, 0 for each whose id was there before. */
    private int[] addReceipts(List<Receipt> batch) throws SQLException {
        for (Receipt receipt : batch) {
            addReceipt.setString(1, receipt.id());
            addReceipt.setLong(2, receipt.atMicros());
            addReceipt.setBytes(3, ReceiptJson.of(receipt));
            addReceipt.addBatch();
        }
        return addReceipt.executeBatch();
    }

    private void addEntry(Receipt receipt) throws SQLException {
        long account = accounts.number(Account.of(receipt));
        Usage usage = receipt.charge().usage();
        addEntry.setLong(1, receipt.atMicros());
        addEntry.setString(2, receipt.id());
        addEntry.setLong(3, account);
        addEntry.setLong(4, receipt.durationMicros());
        addEntry.setString(5, receipt.outcome().word());
        addEntry.setString(6, receipt.reason().map(Reason::code).orElse(null));
        addEntry.setInt(7, receipt.served().isPresent() ? 1 : 0);
        addEntry.setInt(8, receipt.charge().charged() ? 1 : 0);
        addEntry.setLong(9, usage.inputTokens());
        addEntry.setLong(10, usage.cachedInputTokens());
        addEntry.setLong(11, usage.outputTokens());
        addEntry.setLong(12, usage.reasoningTokens());
        addEntry.setString(13, receipt.charge().source().word());
        addEntry.setLong(14, receipt.costNanoUsd());
        addEntry.setLong(15, receipt.refusedNanoUsd());
        addEntry.setString(16, receipt.price());
        addEntry.setString(17, receipt.configuration());
        addEntry.addBatch();
        rollup.count(receipt, account);
    }

    private void undo(Exception cause) {
        try {
            addReceipt.clearBatch();
            addEntry.clearBatch();
            rollup.forget();
            accounts.forget();
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
        accounts.close();
        rollup.close();
        try (PreparedStatement checkpoint = connection.prepareStatement("PRAGMA wal_checkpoint(TRUNCATE)")) {
            checkpoint.execute();
        }
        connection.close();
    }
}
