package io.atlas.ledger.sqlite;

import io.atlas.ledger.sql.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * The sums of one batch by quarter of an hour, caller and terms, to be added to those in a table whose first three columns
 * these are.
 *
 * @param <S> what is summed
 */
final class QuarterSums<S> implements AutoCloseable {
    /** The first column of a sum. */
    static final int FIRST = 4;

    /** Sets the columns of a sum, from {@link #FIRST} on. */
    interface Columns<S> {
        void set(PreparedStatement row, S sums) throws SQLException;
    }

    private record Group(long startMicros, long caller, long terms) {}

    private final Map<Group, S> groups = new HashMap<>();
    private final PreparedStatement add;
    private final BinaryOperator<S> plus;
    private final Columns<S> columns;

    /** By a statement that adds a row to the one that is there. */
    QuarterSums(Connection connection, String add, BinaryOperator<S> plus, Columns<S> columns) throws SQLException {
        this.add = connection.prepareStatement(add);
        this.plus = plus;
        this.columns = columns;
    }

    void count(long atMicros, long caller, long terms, S sums) {
        groups.merge(new Group(Span.quarterOf(atMicros), caller, terms), sums, plus);
    }

    /** Adds what was counted since the last time. */
    void write() throws SQLException {
        if (groups.isEmpty()) {
            return;
        }
        for (Map.Entry<Group, S> entry : groups.entrySet()) {
            Group group = entry.getKey();
            add.setLong(1, group.startMicros);
            add.setLong(2, group.caller);
            add.setLong(3, group.terms);
            columns.set(add, entry.getValue());
            add.addBatch();
        }
        add.executeBatch();
        groups.clear();
    }

    /** Forgets what was counted: its transaction was rolled back. */
    void forget() throws SQLException {
        groups.clear();
        add.clearBatch();
    }

    @Override
    public void close() throws SQLException {
        add.close();
    }
}
