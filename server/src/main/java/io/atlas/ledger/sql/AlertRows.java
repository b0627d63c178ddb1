package io.atlas.ledger.sql;

import io.atlas.alert.Alert;
import io.atlas.alert.Attempt;
import io.atlas.alert.Delivery;
import io.atlas.alert.Delivery.State;
import io.atlas.alert.DeliveryQuery;
import io.atlas.alert.Firing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** The rows of alerts: which marks have fired, what is to be sent, and what became of it. */
public final class AlertRows {
    private static final String PENDING = "state = 'pending'";
    private static final String FORGOTTEN = """
            SELECT line FROM alert_delivery WHERE state <> 'pending'
              AND (at_micros < ? OR line <= (SELECT MAX(line) FROM alert_delivery) - ?)
            """;

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private AlertRows() {}

    /** All firings. */
    public static List<Firing> firings(Connection connection) throws SQLException {
        return all(
                connection,
                "SELECT limit_id, mark, window_end_micros, amount FROM alert_firing",
                row -> new Firing(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)));
    }

    /** Writes a firing instead of the last one of its mark. */
    public static void write(Connection connection, Firing firing) throws SQLException {
        try (PreparedStatement write =
                connection.prepareStatement("INSERT OR REPLACE INTO alert_firing VALUES (?, ?, ?, ?)")) {
            write.setString(1, firing.limit());
            write.setString(2, firing.mark());
            write.setLong(3, firing.windowEndMicros());
            write.setLong(4, firing.amount());
            write.executeUpdate();
        }
    }

    /** Removes the firing of that mark of that limit. */
    public static void remove(Connection connection, Firing firing) throws SQLException {
        update(connection, "DELETE FROM alert_firing WHERE limit_id = ? AND mark = ?", firing.limit(), firing.mark());
    }

    /** Adds a delivery unless there is one of that alert to that webhook; its number. */
    public static long add(Connection connection, Alert alert, String webhook, long nextMicros) throws SQLException {
        update(
                connection,
                """
                INSERT OR IGNORE INTO alert_delivery (alert, type, limit_id, mark, at_micros, body, webhook, state, next_micros)
                  VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?)
                """,
                alert.id(),
                alert.type(),
                alert.limit(),
                alert.mark(),
                alert.atMicros(),
                alert.body(),
                webhook,
                nextMicros);
        return number(
                connection, "SELECT line FROM alert_delivery WHERE alert = ? AND webhook = ?", alert.id(), webhook);
    }

    /** How many are pending. */
    public static long pending(Connection connection) throws SQLException {
        return number(connection, "SELECT COUNT(*) FROM alert_delivery WHERE " + PENDING);
    }

    /** The webhooks of those that are due. */
    public static List<String> due(Connection connection, long nowMicros) throws SQLException {
        return all(
                connection,
                "SELECT DISTINCT webhook FROM alert_delivery WHERE " + PENDING + " AND next_micros <= ?",
                row -> row.getString(1),
                nowMicros);
    }

    /** The first one that is due for the webhook. */
    public static Optional<Delivery> due(Connection connection, String webhook, long nowMicros) throws SQLException {
        return select(
                        connection,
                        "WHERE " + PENDING + " AND webhook = ? AND next_micros <= ? ORDER BY next_micros, line LIMIT 1",
                        webhook,
                        nowMicros)
                .stream()
                .findFirst();
    }

    /** The one of that number. */
    public static Optional<Delivery> delivery(Connection connection, long line) throws SQLException {
        return select(connection, "WHERE line = ?", line).stream().findFirst();
    }

    /** Those that are asked for, the newest first. */
    public static List<Delivery> list(Connection connection, DeliveryQuery query) throws SQLException {
        List<Object> values = new ArrayList<>(List.of(query.before().orElse(Long.MAX_VALUE)));
        StringBuilder where = new StringBuilder("WHERE line < ?");
        query.webhook().ifPresent(webhook -> {
            where.append(" AND webhook = ?");
            values.add(webhook);
        });
        query.state().ifPresent(state -> {
            where.append(" AND state = ?");
            values.add(state.word());
        });
        values.add(query.most());
        return select(connection, where.append(" ORDER BY line DESC LIMIT ?").toString(), values.toArray());
    }

    /** Writes when it is due. */
    public static void postpone(Connection connection, Delivery delivery, long nextMicros) throws SQLException {
        update(connection, "UPDATE alert_delivery SET next_micros = ? WHERE line = ?", nextMicros, delivery.line());
    }

    /** Writes an attempt, and what follows from it. */
    public static void attempted(
            Connection connection, Delivery delivery, Attempt attempt, State state, long nextMicros)
            throws SQLException {
        try (PreparedStatement write =
                connection.prepareStatement("INSERT OR IGNORE INTO alert_attempt VALUES (?, ?, ?, ?, ?, ?)")) {
            write.setLong(1, delivery.line());
            write.setInt(2, delivery.attempts().size() + 1);
            write.setLong(3, attempt.atMicros());
            write.setLong(4, attempt.tookMicros());
            if (attempt.status().isPresent()) {
                write.setInt(5, attempt.status().getAsInt());
            } else {
                write.setNull(5, Types.INTEGER);
            }
            write.setString(6, attempt.error().orElse(""));
            write.executeUpdate();
        }
        update(
                connection,
                "UPDATE alert_delivery SET state = ?, next_micros = ? WHERE line = ?",
                state.word(),
                nextMicros,
                delivery.line());
    }

    /** Ends all that are pending for the webhook; how many. */
    public static int end(Connection connection, String webhook, State state) throws SQLException {
        return update(
                connection,
                "UPDATE alert_delivery SET state = ? WHERE " + PENDING + " AND webhook = ?",
                state.word(),
                webhook);
    }

    /** Removes firings of windows that are over, and deliveries that have ended and are older, or not among the last so many. */
    public static void forget(Connection connection, long nowMicros, long beforeMicros, int most) throws SQLException {
        update(connection, "DELETE FROM alert_firing WHERE window_end_micros <= ?", nowMicros);
        update(connection, "DELETE FROM alert_attempt WHERE delivery IN (" + FORGOTTEN + ")", beforeMicros, (long)
                most);
        update(connection, "DELETE FROM alert_delivery WHERE line IN (" + FORGOTTEN + ")", beforeMicros, (long) most);
    }

    private static List<Delivery> select(Connection connection, String where, Object... values) throws SQLException {
        String columns = "SELECT line, alert, type, limit_id, mark, at_micros, body, webhook, state, next_micros";
        return all(connection, columns + " FROM alert_delivery " + where, row -> delivery(connection, row), values);
    }

    private static Delivery delivery(Connection connection, ResultSet row) throws SQLException {
        Alert alert = new Alert(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getLong(6),
                row.getString(7));
        return new Delivery(
                row.getLong(1),
                alert,
                row.getString(8),
                State.valueOf(row.getString(9).toUpperCase(Locale.ROOT)),
                row.getLong(10),
                attempts(connection, row.getLong(1)));
    }

    private static List<Attempt> attempts(Connection connection, long line) throws SQLException {
        return all(
                connection,
                "SELECT at_micros, took_micros, status, error FROM alert_attempt WHERE delivery = ? ORDER BY number",
                AlertRows::attempt,
                line);
    }

    private static Attempt attempt(ResultSet row) throws SQLException {
        int status = row.getInt(3);
        return new Attempt(
                row.getLong(1),
                row.getLong(2),
                row.wasNull() ? OptionalInt.empty() : OptionalInt.of(status),
                Text.optional(row.getString(4)));
    }

    private static long number(Connection connection, String question, Object... values) throws SQLException {
        return all(connection, question, row -> row.getLong(1), values).getFirst();
    }

    private static <T> List<T> all(Connection connection, String question, Row<T> reading, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (row.next()) {
                    all.add(reading.read(row));
                }
                return all;
            }
        }
    }

    private static int update(Connection connection, String change, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(change)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
