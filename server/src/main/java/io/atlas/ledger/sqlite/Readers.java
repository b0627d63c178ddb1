package io.atlas.ledger.sqlite;

import io.atlas.ledger.LedgerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Few threads that read, each with a connection of its own. A question runs in native code and would hold the carrier
 * of the virtual thread that asks it; so it runs here, and who asks only waits.
 */
final class Readers implements AutoCloseable {
    /** What is asked of the file. */
    interface Question<T> {
        /** Answers it from that connection, in one thread and from one state of the file. */
        T answer(Connection connection) throws SQLException;
    }

    private static final int THREADS = 2;
    private static final int MAX_WAITING = 1_024;

    private final BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(THREADS);
    private final List<Connection> connections = new ArrayList<>(THREADS);
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), Readers::thread);

    Readers(Database database) throws SQLException {
        for (int i = 0; i < THREADS; i++) {
            Connection connection = database.reader();
            connection.setAutoCommit(false);
            connections.add(connection);
        }
        idle.addAll(connections);
    }

    /** Waits for the answer. */
    <T> T ask(Question<T> question) {
        try {
            Future<T> answer = threads.submit(() -> answer(question));
            return answer.get();
        } catch (RejectedExecutionException e) {
            throw new LedgerException("questions: closed, or " + MAX_WAITING + " waiting (expected: fewer)", e);
        } catch (ExecutionException e) {
            throw new LedgerException("ledger: not read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException("ledger: interrupted while reading", e);
        }
    }

    private <T> T answer(Question<T> question) throws SQLException {
        Connection connection = idle.remove();
        try {
            return question.answer(connection);
        } finally {
            connection.rollback();
            idle.add(connection);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "ledger-reader");
        thread.setDaemon(true);
        return thread;
    }

    /** Answers what was asked, then lets go of the file. */
    @Override
    public void close() {
        threads.close();
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new LedgerException("ledger: not closed", e);
            }
        }
    }
}
