package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.unit.Period;
import io.atlas.model.PoolMove;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of moves between pools, in the SQL that every database of them speaks. A move never changes. */
public final class MoveRows {
    private static final String SELECT = """
            SELECT id, from_pool, to_pool, kind, per, amount, actor, reason, made_micros, ends_micros
              FROM pool_move ORDER BY made_micros, id
            """;
    private static final String INSERT =
            "INSERT INTO pool_move VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";
    private static final String FORGET = "DELETE FROM pool_move WHERE id = ?";

    private MoveRows() {}

    /** All of them, the oldest first. */
    public static List<PoolMove> all(Connection connection) throws SQLException {
        List<PoolMove> moves = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                moves.add(move(row));
            }
        }
        return moves;
    }

    /** Writes these, and removes those of the other ids. */
    public static void write(Connection connection, List<PoolMove> moves, List<String> forgottenIds)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement forget = connection.prepareStatement(FORGET)) {
            for (PoolMove move : moves) {
                bind(insert, move);
                insert.executeUpdate();
            }
            for (String id : forgottenIds) {
                forget.setString(1, id);
                forget.executeUpdate();
            }
        }
    }

    private static void bind(PreparedStatement insert, PoolMove move) throws SQLException {
        insert.setString(1, move.id());
        insert.setString(2, move.from());
        insert.setString(3, move.to());
        insert.setString(4, move.kind().word());
        insert.setString(5, move.per().word());
        insert.setLong(6, move.amount());
        insert.setString(7, move.actor());
        insert.setString(8, move.reason());
        insert.setLong(9, micros(move.made()));
        if (move.ends().isPresent()) {
            insert.setLong(10, micros(move.ends().orElseThrow()));
        } else {
            insert.setNull(10, Types.BIGINT);
        }
    }

    private static PoolMove move(ResultSet row) throws SQLException {
        long ends = row.getLong(10);
        Optional<Instant> end = row.wasNull() ? Optional.empty() : Optional.of(moment(ends));
        return new PoolMove(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Kind.of(row.getString(4)).orElseThrow(),
                Period.of(row.getString(5)).orElseThrow(),
                row.getLong(6),
                row.getString(7),
                row.getString(8),
                moment(row.getLong(9)),
                end);
    }

    private static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    }

    private static Instant moment(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
