package io.atlas.ledger.sql;

import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.follow.Followed;
import io.atlas.ledger.follow.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decisions in the order of their lines. A line has its number when it is recorded, which is when its request has ended, so
 * that a request of ten minutes comes where it ended and is not missed where it began.
 */
public final class FollowedDecisions {
    private static final String OF_ONE_NODE = "SELECT receipt.id, " + DecisionPages.FIELDS + """
              FROM receipt
              CROSS JOIN entry ON entry.at_micros = receipt.at_micros AND entry.line = receipt.line
              CROSS JOIN caller ON caller.id = entry.caller
              CROSS JOIN terms ON terms.id = entry.terms
              WHERE receipt.line > ? AND receipt.line <= ?
            """;

    /** Stands for the lines of each node, of which there are as many as there are nodes. */
    private static final String WHICH = "which_lines";

    /**
     * There is no index by line. The newest requests are looked through until as many lines are found as there are: they lie
     * at the end, but for those of the longest requests.
     */
    private static final String OF_ALL_NODES = "SELECT entry.id, " + DecisionPages.FIELDS + """
              FROM (SELECT * FROM entry WHERE at_micros >= ? AND (which_lines)
                  ORDER BY at_micros DESC, node DESC, line DESC LIMIT ?) AS entry
              JOIN caller ON caller.id = entry.caller
              JOIN terms ON terms.id = entry.terms
              WHERE TRUE
            """;

    private static final String IN_ORDER = " ORDER BY entry.at_micros + entry.duration_micros, entry.line";

    /** New lines of one node: those behind {@code from} up to {@code to}. */
    private record Fresh(int node, long from, long to) {
        String condition() {
            return "node = " + node + " AND line > " + from + " AND line <= " + to;
        }
    }

    private FollowedDecisions() {}

    /** Where the lines of all nodes end. */
    public static Position endOfAllNodes(Connection connection) throws SQLException {
        SortedMap<Integer, Long> lines = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT number, line FROM node");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                lines.put(row.getInt(1), row.getLong(2));
            }
        }
        return new Position(lines);
    }

    /** The lines of one node, whose last one is known. */
    public static Followed ofOneNode(Connection connection, Position position, long lastLine, DecisionQuery query)
            throws SQLException {
        long from = position.line(0);
        long to = Math.clamp(from + query.most(), from, Math.max(from, lastLine));
        if (from == to) {
            // A position behind the end is one in another file, and cannot be gone on from.
            return new Followed(List.of(), Position.ofOneNode(Math.min(from, lastLine)), false);
        }
        Conditions conditions = new Conditions(List.of(from, to));
        conditions.narrow(query);
        List<DecisionPage.Row> rows = rows(connection, OF_ONE_NODE + conditions.sql() + IN_ORDER, conditions.values());
        return new Followed(rows, Position.ofOneNode(to), to < lastLine);
    }

    /** The lines of all nodes, from a connection in a transaction that sees one state of the tables. */
    public static Followed ofAllNodes(Connection connection, Position position, DecisionQuery query)
            throws SQLException {
        Position end = endOfAllNodes(connection);
        List<Integer> nodes = end.lines().keySet().stream()
                .filter(node -> end.line(node) > position.line(node))
                .toList();
        if (nodes.isEmpty()) {
            return new Followed(List.of(), position, false);
        }
        long share = Math.max(1, query.most() / nodes.size());
        List<Fresh> fresh = nodes.stream()
                .map(node ->
                        new Fresh(node, position.line(node), Math.min(end.line(node), position.line(node) + share)))
                .toList();
        SortedMap<Integer, Long> next = new TreeMap<>(position.lines());
        fresh.forEach(lines -> next.put(lines.node, lines.to));
        Position reached = new Position(next);
        return new Followed(
                rows(connection, fresh, query), reached, !reached.lines().equals(end.lines()));
    }

    private static List<DecisionPage.Row> rows(Connection connection, List<Fresh> fresh, DecisionQuery query)
            throws SQLException {
        long most = fresh.stream().mapToLong(lines -> lines.to - lines.from).sum();
        Conditions conditions = new Conditions(List.of(query.fromMicros(), most));
        conditions.narrow(query);
        String which = fresh.stream().map(Fresh::condition).collect(Collectors.joining(") OR (", "(", ")"));
        return rows(connection, OF_ALL_NODES.replace(WHICH, which) + conditions.sql() + IN_ORDER, conditions.values());
    }

    private static List<DecisionPage.Row> rows(Connection connection, String sql, List<Object> values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            List<DecisionPage.Row> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(DecisionPages.row(row));
                }
            }
            return rows;
        }
    }
}
