package io.atlas.ledger.sqlite;

import io.atlas.kernel.receipt.Reach;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Entry;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Outbox;
import io.atlas.ledger.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The ledger's lines in the order of their numbers, by a connection of its own: who carries them on reads all the time,
 * and must not stand in the way of who asks.
 */
final class SqliteOutbox implements Outbox {
    /** The order of the tables is the order of the loops: from the number to the time, and to the narrow row. */
    private static final String AFTER = """
            SELECT receipt.line, receipt.id AS decision, receipt.json, receipt.smile, receipt.rest, entry.*, caller.*, terms.*
              FROM receipt
              CROSS JOIN entry ON entry.at_micros = receipt.at_micros AND entry.line = receipt.line
              CROSS JOIN caller ON caller.id = entry.caller
              CROSS JOIN terms ON terms.id = entry.terms
              WHERE receipt.line > ? ORDER BY receipt.line LIMIT ?
            """;

    private final Connection reader;
    private final Readers readers;
    private final GroupCommit commit;
    private final Supplier<String> names;
    private String node;

    private SqliteOutbox(Connection reader, Readers readers, GroupCommit commit, Supplier<String> names)
            throws SQLException {
        this.reader = reader;
        this.readers = readers;
        this.commit = commit;
        this.names = names;
        this.node = NodeName.of(readers, commit, names);
    }

    static Outbox open(Database database, Readers readers, GroupCommit commit, Supplier<String> names) {
        try {
            Connection reader = database.reader();
            try {
                return new SqliteOutbox(reader, readers, commit, names);
            } catch (SQLException | RuntimeException e) {
                reader.close();
                throw e;
            }
        } catch (SQLException e) {
            throw unread(e);
        }
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public void rename() {
        node = names.get();
        NodeName.take(commit, node);
    }

    @Override
    public List<Entry> after(long line, int most) {
        try (PreparedStatement statement = reader.prepareStatement(AFTER)) {
            statement.setLong(1, line);
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                List<Entry> entries = new ArrayList<>();
                while (row.next()) {
                    entries.add(entry(row));
                }
                return entries;
            }
        } catch (SQLException e) {
            throw unread(e);
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("line"),
                row.getString("decision"),
                row.getLong("at_micros"),
                Names.caller(row),
                new Entry.Terms(
                        row.getString("model"),
                        row.getString("backend"),
                        row.getString("price"),
                        row.getString("configuration"),
                        row.getString("instead"),
                        row.getString("tags")),
                new Entry.End(
                        row.getLong("duration_micros"),
                        row.getString("outcome"),
                        Optional.ofNullable(row.getString("reason")),
                        reach(row),
                        row.getInt("charged") == 1),
                amounts(row),
                StoredReceipt.json(row));
    }

    private static Reach reach(ResultSet row) throws SQLException {
        if (row.getInt("replayed") == 1) {
            return Reach.ANSWER_OF_ANOTHER;
        }
        return row.getInt("sent") == 1 ? Reach.BACKEND : Reach.NOWHERE;
    }

    private static Entry.Amounts amounts(ResultSet row) throws SQLException {
        Usage usage = new Usage(
                row.getLong("input_tokens"),
                row.getLong("cached_input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("reasoning_tokens"));
        return new Entry.Amounts(
                usage,
                row.getString("source"),
                row.getLong("cost_nano_usd"),
                row.getLong("credits"),
                row.getLong("provider_cost_nano_usd"),
                row.getLong("refused_nano_usd"));
    }

    @Override
    public Optional<String> idOf(long line) {
        try {
            return text("SELECT id FROM receipt WHERE line = " + line);
        } catch (SQLException e) {
            throw unread(e);
        }
    }

    @Override
    public long lastLine() {
        return readers.ask(SqliteLedger::lastLine);
    }

    @Override
    public long shippedLine() {
        try {
            return text("SELECT shipped_line FROM node").map(Long::parseLong).orElse(0L);
        } catch (SQLException e) {
            throw unread(e);
        }
    }

    @Override
    public void noteShipped(long line) {
        NodeName.change(commit, connection -> {
            try (PreparedStatement note = connection.prepareStatement("UPDATE node SET shipped_line = ?")) {
                note.setLong(1, line);
                note.executeUpdate();
            }
        });
    }

    private Optional<String> text(String sql) throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (SQLException e) {
            throw new LedgerException("ledger: outbox not closed", e);
        }
    }

    private static LedgerException unread(SQLException e) {
        return new LedgerException("ledger: outbox not read", e);
    }
}
