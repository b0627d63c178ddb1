package io.atlas.ledger.postgresql;

import io.atlas.ledger.Entry;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Outbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * One connection by which a node ships its lines. Lines and the node's cursor move in one transaction: wherever it is cut
 * off, what was shipped is what the cursor says.
 *
 * <p>Should a transaction that was given up still be on its way, it and its repetition meet at the ids of the lines, and
 * whoever comes second finds the cursor moved and gives up.
 */
final class Delivery implements AutoCloseable {
    private static final String CALLERS = """
            INSERT INTO caller (tenant, team, "user", key, tier, end_user)
              SELECT DISTINCT tenant, team, "user", key, tier, end_user FROM staging
                WHERE NOT EXISTS (SELECT 1 FROM caller WHERE
                  (caller.tenant, caller.team, caller."user", caller.key, caller.tier, caller.end_user)
                  = (staging.tenant, staging.team, staging."user", staging.key, staging.tier, staging.end_user))
                ORDER BY 1, 2, 3, 4, 5, 6
              ON CONFLICT DO NOTHING
            """;
    private static final String TERMS = """
            INSERT INTO terms (model, backend, price, configuration, instead, tags)
              SELECT DISTINCT model, backend, price, configuration, instead, tags FROM staging
                WHERE NOT EXISTS (SELECT 1 FROM terms WHERE
                  (terms.model, terms.backend, terms.price, terms.configuration, terms.instead, terms.tags)
                  = (staging.model, staging.backend, staging.price, staging.configuration, staging.instead,
                    staging.tags))
                ORDER BY 1, 2, 3, 4, 5, 6
              ON CONFLICT DO NOTHING
            """;

    /** Sums only what was not there before. */
    private static final String LINES = """
            WITH fresh AS (
              INSERT INTO entry
                SELECT at_micros, staging.id, ?, line, caller.id, terms.id, duration_micros, outcome, reason, sent,
                    charged, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, source,
                    cost_nano_usd, refused_nano_usd, receipt, replayed, provider_cost_nano_usd, credits
                  FROM staging
                  JOIN caller ON (caller.tenant, caller.team, caller."user", caller.key, caller.tier, caller.end_user)
                    = (staging.tenant, staging.team, staging."user", staging.key, staging.tier, staging.end_user)
                  JOIN terms ON (terms.model, terms.backend, terms.price, terms.configuration, terms.instead, terms.tags)
                    = (staging.model, staging.backend, staging.price, staging.configuration, staging.instead,
                      staging.tags)
                ON CONFLICT DO NOTHING
                RETURNING entry.*),
            not_paid AS (
            """ + SparedLines.OF_FRESH + """
            )
            INSERT INTO rollup
              SELECT at_micros / 900000000 * 900000000, caller, terms, node, SUM(sent), SUM(charged), SUM(1 - sent - replayed),
                  SUM(input_tokens), SUM(cached_input_tokens), SUM(output_tokens), SUM(reasoning_tokens),
                  SUM(cost_nano_usd), SUM(replayed), SUM(provider_cost_nano_usd), SUM(credits)
                FROM fresh GROUP BY 1, 2, 3, 4
              ON CONFLICT (start_micros, caller, terms, node) DO UPDATE SET
                requests = rollup.requests + excluded.requests,
                charged_requests = rollup.charged_requests + excluded.charged_requests,
                refused = rollup.refused + excluded.refused,
                input_tokens = rollup.input_tokens + excluded.input_tokens,
                cached_input_tokens = rollup.cached_input_tokens + excluded.cached_input_tokens,
                output_tokens = rollup.output_tokens + excluded.output_tokens,
                reasoning_tokens = rollup.reasoning_tokens + excluded.reasoning_tokens,
                cost_nano_usd = rollup.cost_nano_usd + excluded.cost_nano_usd,
                replayed = rollup.replayed + excluded.replayed,
                provider_cost_nano_usd = rollup.provider_cost_nano_usd + excluded.provider_cost_nano_usd,
                credits = rollup.credits + excluded.credits
            """;

    private static final String MOVE = """
            UPDATE node SET line = ?, last_id = ?, shipped_at = now() WHERE number = ? AND line = ? AND last_id = ?
            """;

    private final Connection connection;
    private final Outbox outbox;
    private final Staging staging;
    private final Partitions partitions;
    private Cursor cursor;

    /** How far the node of that number has shipped: to that line, whose request has that id. */
    private record Cursor(int node, long line, String lastId) {}

    private Delivery(Connection connection, Outbox outbox, Staging staging, Cursor cursor) {
        this.connection = connection;
        this.outbox = outbox;
        this.staging = staging;
        this.partitions = new Partitions(connection);
        this.cursor = cursor;
    }

    /** Goes on where the database says that the node has stopped; the connection is the delivery's from now on. */
    static Delivery over(Connection connection, Outbox outbox) throws SQLException {
        Staging staging = Staging.of(connection);
        return new Delivery(connection, outbox, staging, cursor(connection, outbox.node()));
    }

    /**
     * Whether the last line that was shipped under the node's name is this node's: it is not where its file was copied, or
     * is an older copy.
     */
    boolean ours() {
        return cursor.line == 0
                || outbox.idOf(cursor.line).filter(cursor.lastId::equals).isPresent();
    }

    /** Begins under the node's new name. What of its lines is there under another counts once. */
    void restart() throws SQLException {
        cursor = cursor(connection, outbox.node());
    }

    /** The last line that is shipped. */
    long line() {
        return cursor.line;
    }

    /** Ships the next lines, as one; the number of those that there were. */
    int next(int most) throws SQLException {
        List<Entry> lines = outbox.after(cursor.line, most);
        if (lines.isEmpty()) {
            return 0;
        }
        partitions.prepare(lines);
        staging.copy(lines);
        try (Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(LINES)) {
            statement.executeUpdate(CALLERS);
            statement.executeUpdate(TERMS);
            insert.setInt(1, cursor.node);
            insert.executeUpdate();
            SparedLines.addWorth(connection, cursor.node);
        }
        Cursor moved = move(lines.getLast());
        connection.commit();
        cursor = moved;
        return lines.size();
    }

    private Cursor move(Entry last) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MOVE)) {
            statement.setLong(1, last.line());
            statement.setString(2, last.id());
            statement.setInt(3, cursor.node);
            statement.setLong(4, cursor.line);
            statement.setString(5, cursor.lastId);
            if (statement.executeUpdate() != 1) {
                throw new LedgerException("cursor: not at line " + cursor.line
                        + " any more (expected: nobody else ships" + " under the name of this node)");
            }
        }
        return new Cursor(cursor.node, last.line(), last.id());
    }

    private static Cursor cursor(Connection connection, String node) throws SQLException {
        try (PreparedStatement add =
                connection.prepareStatement("INSERT INTO node (id) VALUES (?) ON CONFLICT DO NOTHING")) {
            add.setString(1, node);
            add.executeUpdate();
        }
        connection.commit();
        try (PreparedStatement find =
                connection.prepareStatement("SELECT number, line, last_id FROM node WHERE id = ?")) {
            find.setString(1, node);
            try (ResultSet row = find.executeQuery()) {
                row.next();
                return new Cursor(row.getInt(1), row.getLong(2), row.getString(3));
            }
        } finally {
            connection.rollback();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
