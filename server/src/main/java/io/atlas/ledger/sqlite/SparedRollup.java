package io.atlas.ledger.sqlite;

import io.atlas.bill.Spared;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Step;
import io.atlas.ledger.sql.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What was not paid, by quarter of an hour, caller and terms: of one batch, to be added to what is in the file. */
final class SparedRollup implements AutoCloseable {
    private record Group(long startMicros, long caller, long terms) {}

    private final Map<Group, Spared> groups = new HashMap<>();
    private final PreparedStatement add;
    private final PreparedStatement costOf;

    SparedRollup(Connection connection) throws SQLException {
        costOf = connection.prepareStatement("""
                SELECT cost_nano_usd FROM receipt JOIN entry USING (at_micros, line) WHERE receipt.id = ?
                """);
        add = connection.prepareStatement("""
                INSERT INTO spared VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                  replayed = replayed + excluded.replayed,
                  replay_nano_usd = replay_nano_usd + excluded.replay_nano_usd,
                  trim_nano_usd = trim_nano_usd + excluded.trim_nano_usd,
                  downgrade_nano_usd = downgrade_nano_usd + excluded.downgrade_nano_usd,
                  refused_nano_usd = refused_nano_usd + excluded.refused_nano_usd
                """);
    }

    void count(Receipt receipt, long caller, long terms) throws SQLException {
        Spared spared = Spared.of(receipt);
        if (spared.replayed() > 0) {
            spared = spared.worth(worth(receipt));
        }
        if (!spared.equals(Spared.NONE)) {
            groups.merge(new Group(Span.quarterOf(receipt.atMicros()), caller, terms), spared, Spared::plus);
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
        if (groups.isEmpty()) {
            return;
        }
        for (Map.Entry<Group, Spared> entry : groups.entrySet()) {
            Group group = entry.getKey();
            Spared spared = entry.getValue();
            add.setLong(1, group.startMicros);
            add.setLong(2, group.caller);
            add.setLong(3, group.terms);
            add.setLong(4, spared.replayed());
            add.setLong(5, spared.byReplayNanoUsd());
            add.setLong(6, spared.byTrimNanoUsd());
            add.setLong(7, spared.byDowngradeNanoUsd());
            add.setLong(8, spared.refusedNanoUsd());
            add.addBatch();
        }
        add.executeBatch();
        groups.clear();
    }

    /** Forgets what was counted: its transaction was rolled back. */
    void forget() throws SQLException {
        groups.clear();
        add.clearBatch();
    }

    @Override
    public void close() throws SQLException {
        add.close();
        costOf.close();
    }
}
