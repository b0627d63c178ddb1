package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Posting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the ledger holds against limits, read from the tables of its lines. */
public final class PostingSums {
    private PostingSums() {}

    /**
     * At most one amount for each limit, as {@link io.atlas.ledger.Ledger#postings} has them.
     *
     * @param connection in a transaction that sees one state of the tables
     */
    public static List<Posting> of(Connection connection, List<Limit> limits, CountingRules rules, long nowMicros)
            throws SQLException {
        try (Names names = new Names(connection, rules)) {
            List<Posting> postings = new ArrayList<>();
            postings.addAll(CalendarPostings.of(connection, names, limits, nowMicros));
            postings.addAll(BucketPostings.of(connection, names, limits, nowMicros));
            return postings;
        }
    }

    /** What was charged to a calendar limit in each of these parts, from a connection likewise. */
    public static List<Long> spent(Connection connection, Limit limit, List<Window> parts, CountingRules rules)
            throws SQLException {
        try (Names names = new Names(connection, rules)) {
            return CalendarPostings.spent(connection, names, limit, parts);
        }
    }
}
