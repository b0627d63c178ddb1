package io.atlas.ledger.sqlite;

import io.atlas.ledger.LedgerException;
import io.atlas.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the receipts of old lines out of the file, a few at a time, between two batches of the writing thread. The lines
 * themselves stay, with all that limits, usage and statements are made of.
 *
 * <p>It goes by the number of the line: what is emptied is always all up to some line, so that a start finds the place
 * without reading what lies before it. A line whose request began earlier than those before it goes with its neighbours.
 */
final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** Lines of one transaction: about five milliseconds, which whoever records a line meanwhile waits for. */
    static final int BATCH_LINES = 256;

    /** Between two batches; with it there is room for five thousand lines in a second, and half of the time is left. */
    private static final long PAUSE_MILLIS = 50;

    private static final long FIRST_LOOK_SECONDS = 1;
    private static final long LOOK_SECONDS = 60;

    /** Which lines may lose their receipts. */
    enum Scope {
        /** All that are old enough. */
        ALL,
        /** Of those only what other nodes can read elsewhere. */
        SHIPPED
    }

    /** A line as it is left behind. */
    private record Emptied(long line, String id, long atMicros) {}

    private final GroupCommit commit;
    private final Readers readers;
    private final Scope scope;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("ledger-retention").factory());
    private Optional<Future<?>> looks = Optional.empty();
    private OptionalLong emptiedLine = OptionalLong.empty();

    Retention(GroupCommit commit, Readers readers, Scope scope) {
        this.commit = commit;
        this.readers = readers;
        this.scope = scope;
    }

    /** Looks once a minute, until it is closed, for what is older than receipts are kept. */
    void begin(Supplier<Duration> kept, TimeSource time) {
        looks = Optional.of(thread.scheduleWithFixedDelay(
                () -> lookForOld(kept, time), FIRST_LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
    }

    private void lookForOld(Supplier<Duration> kept, TimeSource time) {
        try {
            long emptied = 0;
            int last = BATCH_LINES;
            while (last == BATCH_LINES) {
                last = empty(time.epochMicros()
                        - TimeUnit.MILLISECONDS.toMicros(kept.get().toMillis()));
                emptied += last;
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
            if (emptied > 0) {
                LOG.atDebug().addKeyValue("lines", emptied).log("receipts of old lines are not kept any more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("old receipts could not be taken out of the ledger; it is tried again");
        }
    }

    /** Empties the receipts of the next lines whose requests came before that time, if there are any; says of how many. */
    int empty(long beforeMicros) {
        long from = emptiedLine.orElseGet(() -> readers.ask(Retention::lastEmptied));
        List<Emptied> lines = new ArrayList<>();
        try {
            commit.change(connection -> {
                        lines.addAll(due(connection, from, beforeMicros));
                        if (!lines.isEmpty()) {
                            replace(connection, lines);
                        }
                    })
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new LedgerException("ledger: receipts were not emptied", e);
        }
        emptiedLine = OptionalLong.of(lines.isEmpty() ? from : lines.getLast().line);
        return lines.size();
    }

    private List<Emptied> due(Connection connection, long from, long beforeMicros) throws SQLException {
        String shipped = scope == Scope.SHIPPED ? " AND line <= (SELECT shipped_line FROM node)" : "";
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT line, id, at_micros FROM receipt WHERE line > ?" + shipped + " ORDER BY line LIMIT ?")) {
            statement.setLong(1, from);
            statement.setInt(2, BATCH_LINES);
            List<Emptied> lines = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next() && row.getLong(3) < beforeMicros) {
                    lines.add(new Emptied(row.getLong(1), row.getString(2), row.getLong(3)));
                }
            }
            return lines;
        }
    }

    /**
     * Takes the rows out and puts them in again without their receipts. SQLite joins pages that are almost empty only when
     * rows are deleted: changed in place, each would keep its old page, and the file would grow for ever.
     */
    private static void replace(Connection connection, List<Emptied> lines) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM receipt WHERE line BETWEEN ? AND ?");
                PreparedStatement add =
                        connection.prepareStatement("INSERT INTO receipt VALUES (?, ?, ?, '', NULL, NULL)")) {
            delete.setLong(1, lines.getFirst().line);
            delete.setLong(2, lines.getLast().line);
            delete.executeUpdate();
            for (Emptied line : lines) {
                add.setLong(1, line.line);
                add.setString(2, line.id);
                add.setLong(3, line.atMicros);
                add.addBatch();
            }
            add.executeBatch();
        }
    }

    /** The last line that has no receipt any more, 0 where all have one: by halves, as all before it have none either. */
    private static long lastEmptied(Connection connection) throws SQLException {
        long emptied = 0;
        long whole = SqliteLedger.lastLine(connection) + 1;
        try (PreparedStatement next = connection.prepareStatement(
                "SELECT line, rest IS NULL AND smile IS NULL AND json = '' FROM receipt WHERE line >= ? ORDER BY line LIMIT 1")) {
            while (whole - emptied > 1) {
                long middle = emptied + (whole - emptied) / 2;
                next.setLong(1, middle);
                try (ResultSet row = next.executeQuery()) {
                    if (row.next() && row.getInt(2) == 1) {
                        emptied = row.getLong(1);
                    } else {
                        whole = middle;
                    }
                }
            }
        }
        return emptied;
    }

    /** Waits for the batch under way. */
    @Override
    public void close() {
        looks.ifPresent(look -> look.cancel(true));
        thread.close();
    }
}
