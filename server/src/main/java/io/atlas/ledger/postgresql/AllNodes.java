package io.atlas.ledger.postgresql;

import io.atlas.bill.BillLine;
import io.atlas.bill.BillQuery;
import io.atlas.bill.Bills;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Decision;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Expenditure;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Posting;
import io.atlas.ledger.PostingSource;
import io.atlas.ledger.Postings;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport;
import io.atlas.ledger.follow.DecisionFeed;
import io.atlas.ledger.follow.Followed;
import io.atlas.ledger.follow.Position;
import io.atlas.ledger.sql.BillSums;
import io.atlas.ledger.sql.DecisionPages;
import io.atlas.ledger.sql.FollowedDecisions;
import io.atlas.ledger.sql.PostingSums;
import io.atlas.ledger.sql.ReceiptJson;
import io.atlas.ledger.sql.Text;
import io.atlas.ledger.sql.UsageSums;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What all nodes have shipped, for who asks. Each question has a connection of its own, since they are few; it fails
 * where the database cannot be reached.
 */
public final class AllNodes implements PostingSource, Expenditure, Bills, DecisionFeed {
    /** A question may have to read a year. */
    private static final int MAX_SECONDS = 60;

    private static final String CLOCK = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)";

    private static final String DECISION = """
            SELECT entry.id AS decision, entry.*, caller.*, terms.*
              FROM entry JOIN caller ON caller.id = entry.caller JOIN terms ON terms.id = entry.terms
              WHERE entry.id = ?
            """;

    private final Connector connector;
    private final String node;

    private AllNodes(Connector connector, String node) {
        this.connector = connector;
        this.node = node;
    }

    /** The lines in that database, as the node of that name asks for them. */
    public static AllNodes of(LedgerDatabase database, Pace pace, String node) {
        return new AllNodes(new Connector(database, pace.silence()), node);
    }

    /** What is asked of the tables. */
    private interface Question<T> {
        T answer(Connection connection) throws SQLException;
    }

    /**
     * {@inheritDoc} The lines are those of all nodes that are shipped; the number of the last one is that of the node that
     * asks, whose later lines are not counted.
     */
    @Override
    public Postings postings(List<Limit> limits, CountingRules rules, long nowMicros) {
        return ask(connection -> {
            long lastLine = lastLine(connection);
            return new Postings(PostingSums.of(connection, limits, rules, nowMicros), lastLine);
        });
    }

    @Override
    public List<Long> spent(Limit limit, List<Window> parts, CountingRules rules) {
        return ask(connection -> PostingSums.spent(connection, limit, parts, rules));
    }

    /** Sums of what was used, as far as it is shipped. */
    public UsageReport usage(UsageQuery query) {
        return ask(connection -> UsageSums.of(connection, query));
    }

    /** Decisions in short, by page, as far as they are shipped. */
    public DecisionPage decisions(DecisionQuery query) {
        return ask(connection -> DecisionPages.of(connection, DecisionPages.Tables.OF_ALL_NODES, query));
    }

    @Override
    public Position end() {
        return ask(FollowedDecisions::endOfAllNodes);
    }

    /** {@inheritDoc} They are there when they are shipped. */
    @Override
    public Followed after(Position position, DecisionQuery query) {
        return ask(connection -> FollowedDecisions.ofAllNodes(connection, position, query));
    }

    @Override
    public List<BillLine> lines(BillQuery query) {
        return ask(connection -> BillSums.of(connection, query));
    }

    /** The receipt of that id, if it is shipped. */
    public Optional<Decision> decision(String id) {
        return ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(DECISION)) {
                statement.setString(1, id);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Decision(
                                    row.getString("tenant"),
                                    Text.optional(row.getString("team")),
                                    row.getString("key"),
                                    receipt(row),
                                    row.getLong("provider_cost_nano_usd")))
                            : Optional.empty();
                }
            }
        });
    }

    private static String receipt(ResultSet row) throws SQLException {
        String receipt = row.getString("receipt");
        return receipt.equals(DayRetention.NOTHING) ? ReceiptJson.figures(row) : receipt;
    }

    /** The clock of the database, in epoch microseconds. */
    public long clockMicros() {
        return ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(CLOCK);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** The names of all nodes that have ever shipped. */
    public List<String> nodes() {
        return ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM node ORDER BY id");
                    ResultSet row = statement.executeQuery()) {
                List<String> nodes = new ArrayList<>();
                while (row.next()) {
                    nodes.add(row.getString(1));
                }
                return nodes;
            }
        });
    }

    /** The same as {@link #postings}, of the lines that one node has shipped. */
    public List<Posting> postingsOf(String one, List<Limit> limits, CountingRules rules, long nowMicros) {
        return askOf(one, connection -> PostingSums.of(connection, limits, rules, nowMicros));
    }

    /** Asks as if there were only that node's lines: views that last as long as the transaction stand before the tables. */
    private <T> T askOf(String one, Question<T> question) {
        return answer(connection -> {
            int number = number(connection, one);
            try (Statement statement = connection.createStatement()) {
                for (String table : List.of("entry", "rollup")) {
                    statement.execute("CREATE TEMPORARY VIEW " + table + " AS SELECT * FROM " + Connector.SCHEMA + "."
                            + table + " WHERE node = " + number);
                }
            }
            T answer = question.answer(connection);
            connection.rollback();
            return answer;
        });
    }

    private static int number(Connection connection, String one) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT number FROM node WHERE id = ?")) {
            statement.setString(1, one);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    private <T> T ask(Question<T> question) {
        return answer(connection -> {
            connection.setReadOnly(true);
            return question.answer(connection);
        });
    }

    private <T> T answer(Question<T> question) {
        try (Connection connection = connector.connect()) {
            connection.setNetworkTimeout(Runnable::run, MAX_SECONDS * 1_000);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return question.answer(connection);
        } catch (SQLException e) {
            throw new LedgerException("ledger: the lines of all nodes were not read", e);
        }
    }

    private long lastLine(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT line FROM node WHERE id = ?")) {
            statement.setString(1, node);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
