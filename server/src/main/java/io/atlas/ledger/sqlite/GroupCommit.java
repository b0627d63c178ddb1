package io.atlas.ledger.sqlite;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.LedgerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One thread that writes what many hand over. It commits together whatever has come while the last commit was under
 * way, and while lines keep coming close upon each other: under load the cost of a commit, which is far more than that
 * of a line, is shared by as many as can be, and a lone line waits for nothing. Callers who ask again as soon as they are
 * answered would otherwise fall into two crowds that take turns, with two commits where one would do.
 *
 * <p>After an error of the disk it writes nothing any more. An operating system may forget, when it reports a failed
 * fsync, what it could not write; a second one that succeeds would say nothing about the first.
 */
final class GroupCommit implements AutoCloseable {
    /** Where batches are written; used by the writing thread alone. */
    interface Sink {
        /** Writes the batch durably and as a whole, or throws; the number of its first line, the others follow. */
        long write(List<Receipt> batch) throws SQLException;

        /** Makes a change of what is not a line durably and as a whole, or throws. */
        void change(Change change) throws SQLException;

        /** Lets go of the files. */
        void close() throws SQLException;
    }

    /** A change of what is not a line, made in a transaction of its own. */
    interface Change {
        /** Makes it, in the writing thread. */
        void make(Connection connection) throws SQLException;
    }

    private sealed interface Task {}

    private record Line(Receipt receipt, CompletableFuture<Long> written) implements Task {}

    private record Rare(Change change, CompletableFuture<Void> made) implements Task {}

    private record End() implements Task {}

    static final int MAX_WAITING = 65_536;
    static final int MAX_BATCH = 500;

    /** Lines that follow each other no later than this are committed together. */
    private static final long GAP_NANOS = 150_000;
    /** How often the next line is waited for: a line waits at most twenty gaps, a few milliseconds, for others. */
    private static final int MAX_GAPS = 20;

    private static final int PRIMARY_CODE = 0xff;

    private final BlockingQueue<Task> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong lag = new AtomicLong();
    private final Sink sink;
    private final Thread thread;

    /** What the writing thread has at hand. */
    private final List<Line> batch = new ArrayList<>(MAX_BATCH);

    private final Queue<Rare> changes = new ArrayDeque<>();
    private final List<Task> arrived = new ArrayList<>(MAX_BATCH);
    private int lastBatch;

    private volatile Optional<LedgerException> refusal = Optional.empty();

    private GroupCommit(Sink sink) {
        this.sink = sink;
        this.thread = new Thread(this::run, "ledger-writer");
    }

    /** Starts to write into the sink, and owns it from now on. */
    static GroupCommit into(Sink sink) {
        GroupCommit commit = new GroupCommit(sink);
        commit.thread.start();
        return commit;
    }

    /** Hands a line over; never blocks. The stage completes with its number. */
    CompletionStage<Long> write(Receipt receipt) {
        if (refusal.isPresent()) {
            return CompletableFuture.failedStage(refusal.get());
        }
        Line line = new Line(receipt, new CompletableFuture<>());
        lag.incrementAndGet();
        if (!waiting.offer(line)) {
            lag.decrementAndGet();
            return CompletableFuture.failedStage(tooMany());
        }
        refuseIfTooLate();
        return line.written;
    }

    /** Hands a change over, which is made after the lines that were handed over before it; never blocks. */
    CompletionStage<Void> change(Change change) {
        if (refusal.isPresent()) {
            return CompletableFuture.failedStage(refusal.get());
        }
        Rare rare = new Rare(change, new CompletableFuture<>());
        if (!waiting.offer(rare)) {
            return CompletableFuture.failedStage(tooMany());
        }
        refuseIfTooLate();
        return rare.made;
    }

    private static LedgerException tooMany() {
        return new LedgerException("ledger: " + MAX_WAITING + " lines waiting (expected: fewer)");
    }

    /** What was handed over may have been put there after the last look of the writing thread. */
    private void refuseIfTooLate() {
        refusal.ifPresent(this::refuseWaiting);
    }

    /** Lines handed over that are not written. */
    long lag() {
        return lag.get();
    }

    /** Writes what was handed over, then ends. */
    @Override
    public void close() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                waiting.put(new End());
                thread.join();
            } catch (InterruptedException e) {
                // Half of a shutdown would lose lines; who interrupts is answered when it is done.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        LedgerException end = new LedgerException("ledger: closed (expected: open)");
        try {
            writeUntilEnd();
            sink.close();
        } catch (SQLException | InterruptedException | RuntimeException | Error e) {
            // The sink stays open: to close it would be to write once more.
            end = new LedgerException("ledger: failed, nothing is written until the next start", e);
        } finally {
            refusal = Optional.of(end);
            failBatch(end);
            failChanges(end);
            refuseWaiting(end);
        }
    }

    private void writeUntilEnd() throws SQLException, InterruptedException {
        boolean open = true;
        while (open) {
            open = takeBatch();
            if (!batch.isEmpty()) {
                writeBatch();
            }
            while (!changes.isEmpty()) {
                makeChange(changes.element());
                changes.remove();
            }
        }
    }

    /** Waits for a line and takes what comes with it and close behind it; false where nothing comes after. */
    private boolean takeBatch() throws InterruptedException {
        boolean crowded = lastBatch > 1;
        if (take(waiting.take()) || takeWaiting()) {
            return false;
        }
        for (int gap = 0; crowded && gap < MAX_GAPS && batch.size() < MAX_BATCH; gap++) {
            int before = batch.size();
            LockSupport.parkNanos(GAP_NANOS);
            if (takeWaiting()) {
                return false;
            }
            crowded = batch.size() > before;
        }
        lastBatch = batch.size();
        return true;
    }

    /** Takes what is there; true where the end was among it. */
    private boolean takeWaiting() {
        arrived.clear();
        waiting.drainTo(arrived, MAX_BATCH - batch.size());
        boolean end = false;
        for (Task task : arrived) {
            end |= take(task);
        }
        return end;
    }

    private boolean take(Task task) {
        return switch (task) {
            case Line line -> {
                batch.add(line);
                yield false;
            }
            case Rare rare -> {
                changes.add(rare);
                yield false;
            }
            case End _ -> true;
        };
    }

    private void writeBatch() throws SQLException {
        long firstLine;
        try {
            firstLine = sink.write(batch.stream().map(Line::receipt).toList());
        } catch (SQLException | RuntimeException e) {
            if (!survivable(e)) {
                throw e;
            }
            failBatch(new LedgerException("ledger: not written", e));
            return;
        }
        lag.addAndGet(-batch.size());
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).written.complete(firstLine + i);
        }
        batch.clear();
    }

    private void makeChange(Rare rare) throws SQLException {
        try {
            sink.change(rare.change);
        } catch (SQLException | RuntimeException e) {
            if (!survivable(e)) {
                throw e;
            }
            rare.made.completeExceptionally(new LedgerException("ledger: not changed", e));
            return;
        }
        rare.made.complete(null);
    }

    private void failBatch(LedgerException cause) {
        lag.addAndGet(-batch.size());
        batch.forEach(line -> line.written.completeExceptionally(cause));
        batch.clear();
    }

    private void failChanges(LedgerException cause) {
        changes.forEach(rare -> rare.made.completeExceptionally(cause));
        changes.clear();
    }

    private void refuseWaiting(LedgerException cause) {
        List<Task> left = new ArrayList<>();
        waiting.drainTo(left);
        for (Task task : left) {
            switch (task) {
                case Line line -> {
                    lag.decrementAndGet();
                    line.written.completeExceptionally(cause);
                }
                case Rare rare -> rare.made.completeExceptionally(cause);
                case End _ -> {}
            }
        }
    }

    /** Whether what is on the disk is as good as before: it is full or busy, or the batch itself was at fault. */
    private static boolean survivable(Exception e) {
        return switch (e) {
            case SQLiteException sqlite ->
                switch (SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & PRIMARY_CODE)) {
                    case SQLITE_FULL, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_TOOBIG, SQLITE_CONSTRAINT -> true;
                    default -> false;
                };
            default -> e instanceof RuntimeException;
        };
    }
}
