package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.keys.KeyRecord;
import io.atlas.keys.KeyStore;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.sql.KeyRows;
import io.atlas.time.TimeSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issued keys of all nodes. They are in the database; a copy on the node's disk serves while that is away. A change
 * is made in the database alone, by who has seen the change before it.
 *
 * <p>A copy that knows of a key what the database does not hands it in: the keys of a node that had them for itself until
 * now, and what a database has lost that was restored from a backup. A key that has ended and is not there was forgotten,
 * and stays so.
 */
public final class SharedKeys implements KeyStore, AutoCloseable {
    /** What a change is announced by to the other nodes. */
    static final String CHANNEL = "atlas_keys";

    private static final Logger LOG = LoggerFactory.getLogger(SharedKeys.class);
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final long NEVER_LOADED = -1;

    private final Connector connector;
    private final KeyStore copy;
    private final TimeSource time;
    private volatile long revision = NEVER_LOADED;
    private volatile boolean migrated;
    private volatile boolean told;
    private Optional<KeyWatch> watch = Optional.empty();

    /** What the database has, and the number of its last change. */
    private record Shelf(List<KeyRecord> keys, long revision) {}

    private SharedKeys(Connector connector, KeyStore copy, TimeSource time) {
        this.connector = connector;
        this.copy = copy;
        this.time = time;
    }

    /** The keys in that database, with that copy of them on the node's disk. */
    public static SharedKeys of(LedgerDatabase database, KeyStore copy, TimeSource time) {
        return new SharedKeys(new Connector(database, SILENCE), copy, time);
    }

    /** From now on this is done whenever another node may have changed them, on a thread of its own. */
    public synchronized void follow(Runnable changed) {
        watch = Optional.of(KeyWatch.start(this, changed));
    }

    @Override
    public List<KeyRecord> load() {
        try {
            Shelf there = read();
            List<KeyRecord> own = copy.load();
            List<KeyRecord> unknown = unknown(own, there.keys);
            if (!unknown.isEmpty()) {
                handIn(unknown);
                there = read();
            }
            keep(own, there.keys);
            revision = there.revision;
            found();
            return there.keys;
        } catch (SQLException e) {
            lost(e);
            return copy.load();
        }
    }

    @Override
    public CompletionStage<Written> write(List<KeyRecord> records, List<String> forgottenIds) {
        try (Connection connection = connect()) {
            if (locked(connection) != revision) {
                connection.rollback();
                return CompletableFuture.completedStage(Written.OUTDATED);
            }
            revision = change(connection, records, forgottenIds);
        } catch (SQLException e) {
            lost(e);
            return CompletableFuture.failedStage(
                    new LedgerException("keys: the database of all nodes did not take a change", e));
        }
        copyOf(records, forgottenIds);
        return CompletableFuture.completedStage(Written.DONE);
    }

    /** The number of the last change that this node has loaded. */
    long revision() {
        return revision;
    }

    /** The number of the last change there is. */
    static long revision(Connection connection) throws SQLException {
        return number(connection, "SELECT revision FROM issued_key_revision");
    }

    /** A connection to the tables as this version has them, in a transaction. */
    Connection connect() throws SQLException {
        if (!migrated) {
            connector.migrate();
            migrated = true;
        }
        return connector.connect();
    }

    /** Tells once that the database is away. */
    void lost(SQLException cause) {
        // The database that comes back may be another one, or an older copy.
        migrated = migrated && Standing.of(cause) == Standing.UNREACHABLE;
        if (!told) {
            told = true;
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log(
                            "keys: the database of all nodes cannot be asked; this node goes on with the keys that it knows");
        }
    }

    private void found() {
        if (told) {
            told = false;
            LOG.atInfo().log("keys: the database of all nodes is asked again");
        }
    }

    private Shelf read() throws SQLException {
        try (Connection connection = connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return new Shelf(KeyRows.all(connection), revision(connection));
        }
    }

    private void handIn(List<KeyRecord> keys) throws SQLException {
        try (Connection connection = connect()) {
            locked(connection);
            change(connection, keys, List.of());
        }
        LOG.atInfo()
                .addKeyValue("keys", keys.size())
                .log("keys: handed in what the database of all nodes did not know");
    }

    /** Waits for its turn; the number of the last change. */
    static long locked(Connection connection) throws SQLException {
        return number(connection, "SELECT revision FROM issued_key_revision FOR UPDATE");
    }

    private static long change(Connection connection, List<KeyRecord> records, List<String> forgottenIds)
            throws SQLException {
        KeyRows.write(connection, records, forgottenIds);
        return announced(connection);
    }

    /** Commits what was written, and makes it known to all nodes under the number that it gets. */
    static long announced(Connection connection) throws SQLException {
        long next = number(connection, "UPDATE issued_key_revision SET revision = revision + 1 RETURNING revision");
        try (Statement statement = connection.createStatement()) {
            statement.execute("NOTIFY " + CHANNEL);
        }
        connection.commit();
        return next;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<KeyRecord> unknown(List<KeyRecord> own, List<KeyRecord> there) {
        Instant now = Instant.EPOCH.plus(time.epochMicros(), ChronoUnit.MICROS);
        Map<String, KeyRecord> known = byId(there);
        return own.stream()
                .filter(key -> Optional.ofNullable(known.get(key.id()))
                        .map(key::isFurtherThan)
                        .orElse(!key.hasEnded(now)))
                .toList();
    }

    /** Brings the copy to what is there. */
    private void keep(List<KeyRecord> own, List<KeyRecord> there) {
        Map<String, KeyRecord> before = byId(own);
        List<KeyRecord> changed =
                there.stream().filter(key -> !key.equals(before.get(key.id()))).toList();
        Set<String> gone = new HashSet<>(before.keySet());
        gone.removeAll(byId(there).keySet());
        if (!changed.isEmpty() || !gone.isEmpty()) {
            copyOf(changed, List.copyOf(gone));
        }
    }

    /** Without it the change is made nevertheless, and the copy catches up at the next load. */
    private void copyOf(List<KeyRecord> changed, List<String> gone) {
        try {
            copy.write(changed, gone).toCompletableFuture().join();
        } catch (CompletionException e) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("keys: the copy on this node's disk was not written");
        }
    }

    private static Map<String, KeyRecord> byId(List<KeyRecord> keys) {
        Map<String, KeyRecord> byId = HashMap.newHashMap(keys.size());
        keys.forEach(key -> byId.put(key.id(), key));
        return byId;
    }

    @Override
    public synchronized void close() {
        watch.ifPresent(KeyWatch::close);
    }
}
