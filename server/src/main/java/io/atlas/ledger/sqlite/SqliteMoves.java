package io.atlas.ledger.sqlite;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.unit.Period;
import io.atlas.model.PoolMove;
import io.atlas.pool.MoveStore;
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
import java.util.concurrent.CompletionStage;

/** The moves between pools in the ledger's file. */
record SqliteMoves(GroupCommit commit, Readers readers) implements MoveStore {
    private static final String SELECT = """
            SELECT id, from_pool, to_pool, kind, per, amount, actor, reason, made_micros, ends_micros
              FROM pool_move ORDER BY made_micros, id
            """;
    private static final String INSERT = "INSERT INTO pool_move VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    @Override
    public List<PoolMove> load() {
        return readers.ask(connection -> {
            List<PoolMove> moves = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SELECT)) {
                while (row.next()) {
                    moves.add(move(row));
                }
            }
            return moves;
        });
    }

    @Override
    public CompletionStage<Void> write(PoolMove move, List<String> forgottenIds) {
        return commit.change(connection -> {
            insert(connection, move);
            try (PreparedStatement forget = connection.prepareStatement("DELETE FROM pool_move WHERE id = ?")) {
                for (String id : forgottenIds) {
                    forget.setString(1, id);
                    forget.executeUpdate();
                }
            }
        });
    }

    private static void insert(Connection connection, PoolMove move) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
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
            insert.executeUpdate();
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
