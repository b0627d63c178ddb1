package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the receipts of old days out of the database of all nodes. A day is a partition, which is written anew without
 * them and takes the place of the old one in the same transaction: changed in place, the rows would leave their old
 * pages behind. The lines stay, with all that limits, usage and statements are made of. One node does it at a time.
 *
 * <p>A line that comes for a day when that was emptied keeps its receipt.
 */
public final class DayRetention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DayRetention.class);

    /** What stands in the place of a receipt that is not kept. */
    static final String NOTHING = "null";

    /** By which the partitions are known that have none. */
    private static final String MARK = "without receipts";

    /** By what who does it locks: any number that nothing else in the database locks by. */
    static final long LOCK = 0x61746c6174L;

    private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);
    private static final Duration BEFORE_THE_FIRST = Duration.ofMinutes(1);

    /** A day of a hundred million lines, on a slow disk. */
    private static final Duration LONGEST_DAY = Duration.ofHours(2);

    private static final String NEXT = """
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
              WHERE inhparent = 'entry'::regclass AND relname < ?
                AND obj_description(pg_class.oid, 'pg_class') IS DISTINCT FROM ?
              ORDER BY relname LIMIT 1
            """;

    private static final String COLUMNS = """
            SELECT quote_ident(attname) FROM pg_attribute
              WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """;

    private final Connector connector;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("ledger-days").factory());
    private Optional<Future<?>> looks = Optional.empty();
    private volatile Optional<Connection> open = Optional.empty();

    private DayRetention(Connector connector) {
        this.connector = connector;
    }

    /** That of the lines in that database. */
    public static DayRetention of(LedgerDatabase database, Pace pace) {
        return new DayRetention(new Connector(database, pace.silence()));
    }

    /** Looks once an hour, until it is closed, for days that are older than receipts are kept; where that is not said, for none. */
    public void begin(Supplier<Optional<Duration>> kept) {
        looks = Optional.of(thread.scheduleWithFixedDelay(
                () -> kept.get().ifPresent(this::look),
                BEFORE_THE_FIRST.toSeconds(),
                BETWEEN_LOOKS.toSeconds(),
                TimeUnit.SECONDS));
    }

    private void look(Duration kept) {
        try {
            int days = empty(kept);
            if (days > 0) {
                LOG.atInfo().addKeyValue("days", days).log("ledger: receipts of old days are not kept any more");
            }
        } catch (SQLException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("ledger: receipts of old days could not be taken out of the database; it is tried again");
        }
    }

    /** Empties all days that ended so long ago, by the clock of the database; says how many. None while another node does. */
    int empty(Duration kept) throws SQLException {
        try (Connection connection = connector.connect()) {
            open = Optional.of(connection);
            connection.setNetworkTimeout(Runnable::run, (int) LONGEST_DAY.toMillis());
            int days = 0;
            Optional<Day> next = next(connection, kept);
            while (next.isPresent()) {
                empty(connection, next.get());
                connection.commit();
                days++;
                next = next(connection, kept);
            }
            return days;
        } finally {
            open = Optional.empty();
        }
    }

    private static Optional<Day> next(Connection connection, Duration kept) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_try_advisory_xact_lock(" + LOCK + "),"
                        + " CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)");
                ResultSet row = lock.executeQuery();
                PreparedStatement next = connection.prepareStatement(NEXT)) {
            row.next();
            if (!row.getBoolean(1)) {
                return Optional.empty();
            }
            long before = row.getLong(2) - TimeUnit.MILLISECONDS.toMicros(kept.toMillis());
            next.setString(1, Partitions.name(Math.floorDiv(before, Partitions.DAY_MICROS)));
            next.setString(2, MARK);
            try (ResultSet day = next.executeQuery()) {
                return day.next() ? Optional.of(new Day(Partitions.day(day.getString(1)))) : Optional.empty();
            }
        }
    }

    /** A day of UTC, counted from 1970, and its tables. */
    private record Day(long number) {
        String table() {
            return Partitions.name(number);
        }

        String anew() {
            return table() + "_anew";
        }

        String bounds() {
            return "at_micros >= " + number * Partitions.DAY_MICROS + " AND at_micros < "
                    + (number + 1) * Partitions.DAY_MICROS;
        }
    }

    private static void empty(Connection connection, Day day) throws SQLException {
        List<String> columns = columns(connection, day);
        String bare = columns.stream()
                .map(column -> column.equals("receipt") ? "'" + NOTHING + "'::json" : column)
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            // Lines of that day wait for its new table; who reads does not.
            statement.execute("LOCK TABLE " + day.table() + " IN SHARE ROW EXCLUSIVE MODE");
            statement.execute("CREATE TABLE " + day.anew() + " (LIKE " + day.table()
                    + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE)");
            // With it, the table need not be read again when it becomes a partition.
            statement.execute("ALTER TABLE " + day.anew() + " ADD CONSTRAINT of_the_day CHECK (" + day.bounds() + ")");
            statement.execute("INSERT INTO " + day.anew() + " (" + String.join(", ", columns) + ") SELECT " + bare
                    + " FROM " + day.table());
            // From here on everybody waits, for a moment.
            statement.execute("ALTER TABLE entry DETACH PARTITION " + day.table());
            statement.execute("DROP TABLE " + day.table());
            statement.execute("ALTER TABLE " + day.anew() + " RENAME TO " + day.table());
            Partitions.attach(statement, day.number);
            statement.execute("ALTER TABLE " + day.table() + " DROP CONSTRAINT of_the_day");
            statement.execute("COMMENT ON TABLE " + day.table() + " IS '" + MARK + "'");
        }
    }

    private static List<String> columns(Connection connection, Day day) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, day.table());
            try (ResultSet row = statement.executeQuery()) {
                List<String> columns = new ArrayList<>();
                while (row.next()) {
                    columns.add(row.getString(1));
                }
                return columns;
            }
        }
    }

    /** Gives up the day under way, which stays as it was. */
    @Override
    public void close() {
        looks.ifPresent(look -> look.cancel(true));
        open.ifPresent(Shipper::abort);
        thread.close();
    }
}
