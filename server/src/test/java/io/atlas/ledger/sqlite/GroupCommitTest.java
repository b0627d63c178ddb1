package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.receipt.Receipt;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class GroupCommitTest {
    private final Lines lines = new Lines(1);

    /** A sink in memory, which fails as it is told and waits while it is held. */
    private static final class Memory implements GroupCommit.Sink {
        private final List<List<Receipt>> batches = Collections.synchronizedList(new ArrayList<>());
        private final List<GroupCommit.Change> changes = Collections.synchronizedList(new ArrayList<>());
        private final Deque<Throwable> failures = new ArrayDeque<>();
        private final Semaphore entered = new Semaphore(0);
        private final Semaphore allowed = new Semaphore(0);
        private volatile boolean closed;

        @Override
        public long write(List<Receipt> batch) throws SQLException {
            entered.release();
            allowed.acquireUninterruptibly();
            long firstLine = 1 + batches.stream().mapToLong(List::size).sum();
            fail();
            batches.add(List.copyOf(batch));
            return firstLine;
        }

        private void fail() throws SQLException {
            switch (failures.poll()) {
                case null -> {}
                case SQLException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }

        @Override
        public void change(GroupCommit.Change change) throws SQLException {
            entered.release();
            allowed.acquireUninterruptibly();
            fail();
            changes.add(change);
        }

        @Override
        public void close() {
            closed = true;
        }

        private Memory failing(Throwable failure) {
            failures.add(failure);
            return this;
        }

        private Memory free() {
            allowed.release(Integer.MAX_VALUE);
            return this;
        }
    }

    @Test
    void whatComesDuringACommitIsCommittedTogether() {
        Memory sink = new Memory();
        try (GroupCommit commit = GroupCommit.into(sink)) {
            commit.write(lines.at(1));
            sink.entered.acquireUninterruptibly();
            for (int i = 0; i < 2 * GroupCommit.MAX_BATCH; i++) {
                commit.write(lines.at(1));
            }
            assertThat(commit.lag()).isEqualTo(1 + 2 * GroupCommit.MAX_BATCH);
            sink.free();
        }
        assertThat(sink.batches)
                .extracting(List::size)
                .containsExactly(1, GroupCommit.MAX_BATCH, GroupCommit.MAX_BATCH);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void anErrorOfTheDiskEndsAllWriting() {
        Memory sink =
                new Memory().failing(error(SQLiteErrorCode.SQLITE_IOERR_FSYNC)).free();
        try (GroupCommit commit = GroupCommit.into(sink)) {
            assertFails(commit.write(lines.at(1)).toCompletableFuture(), "until the next start");
            for (int i = 0; i < 100; i++) {
                assertThat(commit.write(lines.at(1)).toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
            }
            assertThat(commit.lag()).isZero();
        }
        assertThat(sink.batches).isEmpty();
        assertThat(sink.closed).as("closing would write once more").isFalse();
    }

    @Test
    void aChangeWaitsForTheLinesBeforeItAndFailsWithTheDisk() {
        Memory sink = new Memory();
        try (GroupCommit commit = GroupCommit.into(sink)) {
            commit.write(lines.at(1));
            sink.entered.acquireUninterruptibly();
            CompletableFuture<Void> made = commit.change(_ -> {}).toCompletableFuture();
            assertThat(made).isNotDone();
            sink.allowed.release();
            sink.entered.acquireUninterruptibly();
            assertThat(sink.batches).hasSize(1);
            sink.allowed.release();
            assertThat(made).succeedsWithin(Duration.ofSeconds(10));

            sink.failing(error(SQLiteErrorCode.SQLITE_FULL)).free();
            assertFails(commit.change(_ -> {}).toCompletableFuture(), "not changed");
            assertThat(commit.change(_ -> {}).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
            sink.failing(error(SQLiteErrorCode.SQLITE_IOERR_FSYNC));
            assertFails(commit.change(_ -> {}).toCompletableFuture(), "until the next start");
            assertFails(commit.change(_ -> {}).toCompletableFuture(), "until the next start");
            assertFails(commit.write(lines.at(1)).toCompletableFuture(), "until the next start");
        }
        assertThat(sink.changes).hasSize(2);
    }

    @Test
    void whatWaitsWhenTheDiskFailsFailsToo() {
        Memory sink = new Memory().failing(error(SQLiteErrorCode.SQLITE_IOERR_WRITE));
        try (GroupCommit commit = GroupCommit.into(sink)) {
            CompletableFuture<Long> first = commit.write(lines.at(1)).toCompletableFuture();
            sink.entered.acquireUninterruptibly();
            CompletableFuture<Long> second = commit.write(lines.at(1)).toCompletableFuture();
            sink.free();
            assertFails(first, "until the next start");
            assertFails(second, "until the next start");
        }
    }

    @Test
    void noLineWaitsForEverWhenTheThreadDies() {
        Memory sink = new Memory().failing(new OutOfMemoryError("of the test")).free();
        try (GroupCommit commit = GroupCommit.into(sink)) {
            assertFails(commit.write(lines.at(1)).toCompletableFuture(), "until the next start");
            assertThat(commit.lag()).isZero();
        }
    }

    @Test
    void aFullDiskFailsItsBatchAlone() {
        assertOneBatchFails(error(SQLiteErrorCode.SQLITE_FULL));
        assertOneBatchFails(new IllegalStateException("a defect"));
    }

    @Test
    void aLineTooManyFailsAtOnce() {
        Memory sink = new Memory();
        try (GroupCommit commit = GroupCommit.into(sink)) {
            Receipt line = lines.at(1);
            commit.write(line);
            sink.entered.acquireUninterruptibly();
            for (int i = 0; i < GroupCommit.MAX_WAITING; i++) {
                commit.write(line);
            }
            CompletableFuture<Long> tooMany = commit.write(line).toCompletableFuture();
            assertThat(tooMany).isCompletedExceptionally();
            assertFails(tooMany, "65536 lines waiting");
            assertThat(commit.lag()).isEqualTo(1 + GroupCommit.MAX_WAITING);
            sink.free();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        GroupCommit commit = GroupCommit.into(new Memory().free());
        CompletableFuture<Long> line = commit.write(lines.at(1)).toCompletableFuture();
        commit.close();
        commit.close();
        assertThat(line).isCompleted();
    }

    private void assertOneBatchFails(Exception failure) {
        Memory sink = new Memory().failing(failure).free();
        try (GroupCommit commit = GroupCommit.into(sink)) {
            assertFails(commit.write(lines.at(1)).toCompletableFuture(), "not written");
            commit.write(lines.at(1)).toCompletableFuture().join();
        }
        assertThat(sink.batches).hasSize(1);
    }

    private static void assertFails(CompletableFuture<?> line, String message) {
        assertThatThrownBy(line::join).hasMessageContaining(message);
    }

    private static SQLiteException error(SQLiteErrorCode code) {
        return new SQLiteException(code.message, code);
    }
}
