package io.atlas.ledger.sqlite;

import io.atlas.ledger.Seen;
import io.atlas.ledger.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The last day on which each end user had a line, so that who is known need not be summed from all lines. */
final class Sightings implements AutoCloseable {
    private static final long DAY_MICROS = 86_400_000_000L;

    private final Map<Long, Long> dayOfCaller = new HashMap<>();
    private final PreparedStatement add;

    Sightings(Connection connection) throws SQLException {
        add = connection.prepareStatement("INSERT INTO sighting VALUES (?, ?) ON CONFLICT DO UPDATE SET"
                + " day = excluded.day WHERE excluded.day > day");
    }

    /** Who was seen since that moment; the day counts to its end. */
    static List<Seen> since(Connection connection, long sinceMicros) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT caller.*, day FROM sighting"
                + " JOIN caller ON caller.id = sighting.caller WHERE day >= ? ORDER BY day, sighting.caller")) {
            statement.setLong(1, Math.floorDiv(sinceMicros, DAY_MICROS));
            try (ResultSet row = statement.executeQuery()) {
                List<Seen> seen = new ArrayList<>();
                while (row.next()) {
                    seen.add(new Seen(Names.caller(row), (row.getLong("day") + 1) * DAY_MICROS));
                }
                return seen;
            }
        }
    }

    void see(long caller, long atMicros) {
        dayOfCaller.merge(caller, Math.floorDiv(atMicros, DAY_MICROS), Math::max);
    }

    /** Writes who was seen since the last time. */
    void write() throws SQLException {
        for (Map.Entry<Long, Long> entry : dayOfCaller.entrySet()) {
            add.setLong(1, entry.getKey());
            add.setLong(2, entry.getValue());
            add.addBatch();
        }
        add.executeBatch();
        dayOfCaller.clear();
    }

    /** Forgets who was seen: the transaction was rolled back. */
    void forget() throws SQLException {
        dayOfCaller.clear();
        add.clearBatch();
    }

    @Override
    public void close() throws SQLException {
        add.close();
    }
}
