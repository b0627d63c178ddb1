package io.atlas.ledger.postgresql;

import io.atlas.ledger.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The partitions of the lines, one for each day of UTC, made when a line of that day comes. */
final class Partitions {
    /** As long as a partition lasts. */
    static final long DAY_MICROS = 86_400_000_000L;

    /** By what a change of the tables locks: any number that nothing else in the database locks by. */
    static final long LOCK = 0x61746c6173L;

    private static final String PREFIX = "entry_";
    private static final int REMEMBERED = 1_000;

    private final Connection connection;
    private final Set<Long> there = new HashSet<>();

    Partitions(Connection connection) {
        this.connection = connection;
    }

    /** Makes what is missing for these lines, in a transaction of its own. */
    void prepare(List<Entry> lines) throws SQLException {
        Set<Long> missing = new TreeSet<>();
        for (Entry line : lines) {
            missing.add(Math.floorDiv(line.atMicros(), DAY_MICROS));
        }
        missing.removeAll(there);
        if (missing.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            for (long day : missing) {
                String name = name(day);
                if (!holds("SELECT to_regclass(?) IS NOT NULL", name)) {
                    make(statement, name);
                }
                // A day that was detached and is needed again, with what it holds.
                if (!holds("SELECT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(?))", name)) {
                    attach(statement, day);
                }
            }
            connection.commit();
        }
        if (there.size() > REMEMBERED) {
            there.clear();
        }
        there.addAll(missing);
    }

    /** A table that is attached when it is whole: to make it as a partition at once would wait for whoever reads the others. */
    private static void make(Statement statement, String name) throws SQLException {
        statement.execute("CREATE TABLE " + name
                + " (LIKE entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE)");
    }

    /** Puts the table of that day among the partitions. */
    static void attach(Statement statement, long day) throws SQLException {
        // What was detached before a version that has one more column.
        statement.execute(
                "ALTER TABLE " + name(day) + " ADD COLUMN IF NOT EXISTS replayed smallint NOT NULL DEFAULT 0");
        statement.execute("ALTER TABLE entry ATTACH PARTITION " + name(day) + " FOR VALUES FROM (" + day * DAY_MICROS
                + ") TO (" + (day + 1) * DAY_MICROS + ")");
    }

    private boolean holds(String sql, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, Connector.SCHEMA + "." + name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** The table of that day of UTC, counted from 1970: {@code entry_20261120}. */
    static String name(long day) {
        LocalDate date = LocalDate.ofEpochDay(day);
        return PREFIX + date.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    /** The day whose table has that name. */
    static long day(String name) {
        return LocalDate.parse(name.substring(PREFIX.length()), DateTimeFormatter.BASIC_ISO_DATE)
                .toEpochDay();
    }
}
