package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Place;
import io.atlas.keys.KeyRecord;
import io.atlas.secret.Digest;
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

/**
 * The rows of issued keys, in the SQL that every database of them speaks. What is written of a key that is there only
 * takes it further towards its end: a key never lives longer than anybody has written, in whatever order.
 */
public final class KeyRows {
    private static final String SELECT = """
            SELECT id, tenant, team, "user", name, digest, created_micros, expires_micros, revoked_micros, replaced_by
              FROM issued_key ORDER BY created_micros, id
            """;
    private static final String FORGET = "DELETE FROM issued_key WHERE id = ?";

    /** The least of two of which any may be absent, with {@code CASE}, as functions for it differ. */
    private static final String WRITE = """
            INSERT INTO issued_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (id) DO UPDATE SET
                expires_micros = CASE WHEN issued_key.expires_micros <= excluded.expires_micros
                    OR excluded.expires_micros IS NULL
                  THEN issued_key.expires_micros ELSE excluded.expires_micros END,
                revoked_micros = CASE WHEN issued_key.revoked_micros <= excluded.revoked_micros
                    OR excluded.revoked_micros IS NULL
                  THEN issued_key.revoked_micros ELSE excluded.revoked_micros END,
                replaced_by = CASE WHEN excluded.replaced_by = ''
                  THEN issued_key.replaced_by ELSE excluded.replaced_by END
            """;

    private KeyRows() {}

    /** All of them, the oldest first. */
    public static List<KeyRecord> all(Connection connection) throws SQLException {
        List<KeyRecord> records = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                records.add(record(row));
            }
        }
        return records;
    }

    /** Writes these, and removes those of the other ids. */
    public static void write(Connection connection, List<KeyRecord> records, List<String> forgottenIds)
            throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(WRITE);
                PreparedStatement forget = connection.prepareStatement(FORGET)) {
            for (KeyRecord key : records) {
                bind(write, key);
                write.executeUpdate();
            }
            for (String id : forgottenIds) {
                forget.setString(1, id);
                forget.executeUpdate();
            }
        }
    }

    private static void bind(PreparedStatement write, KeyRecord key) throws SQLException {
        write.setString(1, key.id());
        write.setString(2, key.place().tenant());
        write.setString(3, key.place().team().orElse(""));
        write.setString(4, key.user().orElse(""));
        write.setString(5, key.place().key());
        write.setString(6, key.digest().hex());
        bind(write, 7, Optional.of(key.created()));
        bind(write, 8, key.expires());
        bind(write, 9, key.revoked());
        write.setString(10, key.replacedBy().orElse(""));
    }

    private static void bind(PreparedStatement write, int column, Optional<Instant> moment) throws SQLException {
        if (moment.isPresent()) {
            write.setLong(column, ChronoUnit.MICROS.between(Instant.EPOCH, moment.get()));
        } else {
            write.setNull(column, Types.BIGINT);
        }
    }

    private static KeyRecord record(ResultSet row) throws SQLException {
        Place.OfKey place = new Place.OfKey(row.getString(2), Text.optional(row.getString(3)), row.getString(5));
        return new KeyRecord(
                row.getString(1),
                place,
                Text.optional(row.getString(4)),
                new Digest(row.getString(6)),
                moment(row, 7).orElse(Instant.EPOCH),
                moment(row, 8),
                moment(row, 9),
                Text.optional(row.getString(10)));
    }

    private static Optional<Instant> moment(ResultSet row, int column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }
}
