package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Outbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the lines of a node to the database of all nodes, in one thread behind everything: no request ever waits for
 * it. Where the database is away the lines stay where they are, on the node's disk, and it is tried again until it is
 * back. The thread is no virtual one, since it reads in native code.
 */
public final class Shipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final Duration ABORTED = Duration.ofSeconds(1);
    private static final long LOOK_MILLIS = 10;

    private final Connector connector;
    private final Outbox outbox;
    private final Pace pace;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile long shippedLine;
    private volatile Optional<Connection> open = Optional.empty();
    private Optional<Standing> told = Optional.empty();
    private boolean migrated;
    private Duration retry;

    private Shipper(Connector connector, Outbox outbox, Pace pace) {
        this.connector = connector;
        this.outbox = outbox;
        this.pace = pace;
        this.retry = pace.firstRetry();
        this.shippedLine = outbox.shippedLine();
        this.thread = Thread.ofPlatform().daemon().name("ledger-shipper").unstarted(this::run);
    }

    /** Begins to ship; the outbox is the shipper's from now on. Never fails: a database that is not there may come. */
    public static Shipper start(LedgerDatabase database, Outbox outbox, Pace pace) {
        Shipper shipper = new Shipper(new Connector(database, pace.silence()), outbox, pace);
        shipper.thread.start();
        return shipper;
    }

    /** Lines that are on the node's disk and, as far as is known, not in the database. */
    public long lag() {
        return Math.max(0, outbox.lastLine() - shippedLine);
    }

    /** Waits until that line is in the database, for as long as the patience lasts; whether it is there. */
    public boolean await(long line, Duration patience) {
        for (long waits = patience.toMillis() / LOOK_MILLIS; waits > 0 && shippedLine < line; waits--) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
        return shippedLine >= line;
    }

    /** Ships what is left, for as long as the pace allows, and ends. */
    @Override
    public void close() {
        closing.countDown();
        boolean interrupted = joined(pace.farewell());
        if (thread.isAlive()) {
            open.ifPresent(Shipper::abort);
            thread.interrupt();
            interrupted |= joined(ABORTED);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the wait was interrupted. */
    private boolean joined(Duration time) {
        try {
            thread.join(time);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void run() {
        try {
            boolean last = false;
            while (!shippedToTheEnd() && !last) {
                last = closes(retry);
                retry = pace.retryAfter(retry);
            }
        } catch (InterruptedException e) {
            LOG.atWarn().addKeyValue("shipped_line", shippedLine).log("ledger: stopped before all lines were shipped");
        } finally {
            outbox.close();
        }
    }

    /** Waits for the call to close. */
    private boolean closes(Duration time) throws InterruptedException {
        return closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ships until it is to close and nothing is left; false where that failed. */
    private boolean shippedToTheEnd() throws InterruptedException {
        try (Delivery delivery = deliver()) {
            boolean last = false;
            while (!last) {
                last = closes(pace.pause());
                shipAll(delivery);
            }
            noteShipped();
            return true;
        } catch (SQLException | RuntimeException e) {
            lost(e);
            return false;
        } finally {
            open = Optional.empty();
        }
    }

    private Delivery deliver() throws SQLException {
        if (!migrated) {
            connector.migrate();
            migrated = true;
        }
        Connection connection = connector.connect();
        open = Optional.of(connection);
        try {
            Delivery delivery = Delivery.over(connection, outbox);
            if (!delivery.ours()) {
                outbox.rename();
                delivery.restart();
                LOG.atWarn()
                        .addKeyValue("node", outbox.node())
                        .log("ledger: another node has shipped under this one's name, or the data folder is an older"
                                + " copy; all lines are shipped again under a new name, and none counts twice");
            }
            return delivery;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void shipAll(Delivery delivery) throws SQLException {
        int lines = pace.batch();
        while (lines == pace.batch()) {
            lines = delivery.next(pace.batch());
            shippedLine = delivery.line();
            found();
        }
    }

    private void found() {
        retry = pace.firstRetry();
        if (!told.equals(Optional.of(Standing.SHIPPING))) {
            LOG.atInfo().addKeyValue("node", outbox.node()).log("ledger: ships to the database");
            told = Optional.of(Standing.SHIPPING);
        }
    }

    /** Tells of each trouble once, until there is another. */
    private void lost(Exception cause) {
        Standing standing = Standing.of(cause);
        // The database that comes back may be another one, or an older copy.
        migrated = migrated && standing == Standing.UNREACHABLE;
        if (!told.equals(Optional.of(standing))) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .addKeyValue("shipped_line", shippedLine)
                    .log("ledger: {}; lines wait on this node's disk, and it is tried again", standing.sentence());
            told = Optional.of(standing);
            noteShipped();
        }
    }

    private void noteShipped() {
        try {
            outbox.noteShipped(shippedLine);
        } catch (LedgerException e) {
            // Only what is told of the lag before the database is reached again is less exact.
            LOG.atWarn().addKeyValue("error", String.valueOf(e.getMessage())).log("ledger: cursor not noted");
        }
    }

    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.atWarn().addKeyValue("error", String.valueOf(e.getMessage())).log("ledger: connection not cut off");
        }
    }
}
