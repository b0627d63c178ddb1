package io.atlas.ledger.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from the database that keys were changed, or something moved between pools, and looks twice a second whether it has
 * missed a word. The thread is no virtual one, since it waits in the driver's lock.
 */
final class KeyWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);
    private static final int LOOK_MILLIS = 500;
    private static final long RETRY_MILLIS = 250;
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final SharedKeys keys;
    private final Runnable changed;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile Optional<Connection> open = Optional.empty();

    private KeyWatch(SharedKeys keys, Runnable changed) {
        this.keys = keys;
        this.changed = changed;
        this.thread = Thread.ofPlatform().daemon().name("key-watch").unstarted(this::run);
    }

    /** Begins to listen; what is new is loaded by that action. */
    static KeyWatch start(SharedKeys keys, Runnable changed) {
        KeyWatch watch = new KeyWatch(keys, changed);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            do {
                follow();
            } while (!closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens until it is to close, or the connection is lost. */
    private void follow() {
        try (Connection connection = keys.connect();
                Statement statement = connection.createStatement()) {
            open = Optional.of(connection);
            connection.setAutoCommit(true);
            statement.execute("LISTEN " + SharedKeys.CHANNEL);
            PGConnection listening = connection.unwrap(PGConnection.class);
            // Whatever was said before it listened; and the database may be another one than before.
            changed.run();
            while (closing.getCount() > 0) {
                listening.getNotifications(LOOK_MILLIS);
                if (SharedKeys.revision(connection) != keys.revision()) {
                    changed.run();
                }
            }
        } catch (SQLException e) {
            if (closing.getCount() > 0) {
                keys.lost(e);
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("keys: a change of another node is not in force; it is tried again");
        } finally {
            open = Optional.empty();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        open.ifPresent(Shipper::abort);
        try {
            thread.join(FAREWELL);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
