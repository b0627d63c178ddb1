package io.atlas.ledger.sqlite;

import io.atlas.bill.Spared;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What was not paid, by quarter of an hour, caller and terms: of one batch, to be added to what is in the file. */
final class SparedRollup implements AutoCloseable {
    private static final String ADD = """
            INSERT INTO spared VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
              replayed = replayed + excluded.replayed,
              replay_nano_usd = replay_nano_usd + excluded.replay_nano_usd,
              trim_nano_usd = trim_nano_usd + excluded.trim_nano_usd,
              downgrade_nano_usd = downgrade_nano_usd + excluded.downgrade_nano_usd,
              refused_nano_usd = refused_nano_usd + excluded.refused_nano_usd
            """;

    private final QuarterSums<Spared> sums;
    private final PreparedStatement costOf;

    SparedRollup(Connection connection) throws SQLException {
        costOf = connection.prepareStatement("""
                SELECT cost_nano_usd FROM receipt JOIN entry USING (at_micros, line) WHERE receipt.id = ?
                """);
        sums = new QuarterSums<>(connection, ADD, Spared::plus, SparedRollup::set);
    }

    void count(Receipt receipt, long caller, long terms) throws SQLException {
        Spared spared = Spared.of(receipt);
        if (spared.replayed() > 0) {
            spared = spared.worth(worth(receipt));
        }
        if (!spared.equals(Spared.NONE)) {
            sums.count(receipt.atMicros(), caller, terms, spared);
        }
    }

    /** What the answer had cost that was given again; 0 where another node has its line. */
    private long worth(Receipt receipt) throws SQLException {
        for (Step step : receipt.steps()) {
            if (step instanceof Step.Replayed replayed) {
                costOf.setString(1, replayed.decision());
                try (ResultSet row = costOf.executeQuery()) {
                    return row.next() ? row.getLong(1) : 0;
                }
            }
        }
        return 0;
    }

    /** Adds what was counted since the last time. */
    void write() throws SQLException {
        sums.write();
    }

    /** Forgets what was counted: its transaction was rolled back. */
    void forget() throws SQLException {
        sums.forget();
    }

    private static void set(PreparedStatement row, Spared sums) throws SQLException {
        row.setLong(QuarterSums.FIRST, sums.replayed());
        row.setLong(QuarterSums.FIRST + 1, sums.byReplayNanoUsd());
        row.setLong(QuarterSums.FIRST + 2, sums.byTrimNanoUsd());
        row.setLong(QuarterSums.FIRST + 3, sums.byDowngradeNanoUsd());
        row.setLong(QuarterSums.FIRST + 4, sums.refusedNanoUsd());
    }

    @Override
    public void close() throws SQLException {
        sums.close();
        costOf.close();
    }
}
