package io.atlas.ledger.sql;

import io.atlas.bill.BillLine;
import io.atlas.bill.BillQuery;
import io.atlas.bill.Bills;
import io.atlas.bill.Spared;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.UsageReport.Sums;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of a bill, from the sums of each quarter of an hour: every zone's midnight falls on one. A request for which no
 * model was found has no price, and its model is whatever its caller wrote; all of those are one line.
 */
public final class BillSums {
    private static final String USED = """
            SUM(requests), SUM(charged_requests), SUM(refused), SUM(replayed), SUM(input_tokens), SUM(cached_input_tokens),
            SUM(output_tokens), SUM(reasoning_tokens), SUM(cost_nano_usd), SUM(provider_cost_nano_usd), SUM(credits)
              FROM rollup
            """;
    private static final String SPARED = """
            SUM(replayed), SUM(replay_nano_usd), SUM(trim_nano_usd), SUM(downgrade_nano_usd), SUM(refused_nano_usd)
              FROM spared
            """;
    private static final String OF = """
              AS sums JOIN caller ON caller.id = sums.caller JOIN terms ON terms.id = sums.terms
              WHERE sums.start_micros >= ? AND sums.start_micros < ? AND caller.tenant = ?
              GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ?
            """;
    private static final int KEYS = 4;

    private record Key(String team, String model, String price, String tags) {
        static Key read(ResultSet row) throws SQLException {
            return new Key(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
        }
    }

    private BillSums() {}

    /** The answer, from a connection in a transaction that sees one state of the tables. */
    public static List<BillLine> of(Connection connection, BillQuery query) throws SQLException {
        List<BillLine> lines = new ArrayList<>();
        try (PreparedStatement used = connection.prepareStatement(sql(USED, query));
                PreparedStatement spared = connection.prepareStatement(sql(SPARED, query))) {
            for (Window part : query.parts()) {
                int most = Bills.MOST_LINES + 1 - lines.size();
                if (most > 0) {
                    add(
                            lines,
                            part,
                            spared(bind(spared, query, part, Integer.MAX_VALUE)),
                            bind(used, query, part, most));
                }
            }
        }
        return lines;
    }

    private static void add(List<BillLine> lines, Window part, Map<Key, Spared> spared, PreparedStatement used)
            throws SQLException {
        try (ResultSet row = used.executeQuery()) {
            while (row.next()) {
                Key key = Key.read(row);
                lines.add(new BillLine(
                        part,
                        Text.optional(key.team),
                        Text.optional(key.model),
                        Text.optional(key.price),
                        Tags.of(key.tags),
                        sums(row),
                        spared.getOrDefault(key, Spared.NONE)));
            }
        }
    }

    /** Nothing is spared where nothing was asked, so that each of these belongs to a line. */
    private static Map<Key, Spared> spared(PreparedStatement statement) throws SQLException {
        Map<Key, Spared> spared = new HashMap<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next() && spared.size() <= Bills.MOST_LINES) {
                spared.put(
                        Key.read(row),
                        new Spared(
                                row.getLong(KEYS + 1),
                                row.getLong(KEYS + 2),
                                row.getLong(KEYS + 3),
                                row.getLong(KEYS + 4),
                                row.getLong(KEYS + 5)));
            }
        }
        return spared;
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong(KEYS + 1),
                row.getLong(KEYS + 2),
                row.getLong(KEYS + 3),
                row.getLong(KEYS + 4),
                row.getLong(KEYS + 5),
                row.getLong(KEYS + 6),
                row.getLong(KEYS + 7),
                row.getLong(KEYS + 8),
                row.getLong(KEYS + 9),
                row.getLong(KEYS + 10),
                row.getLong(KEYS + 11));
    }

    private static PreparedStatement bind(PreparedStatement statement, BillQuery query, Window part, int most)
            throws SQLException {
        statement.setLong(1, part.startMicros());
        statement.setLong(2, part.endMicros());
        statement.setString(3, query.tenant());
        statement.setInt(4, most);
        return statement;
    }

    private static String sql(String sums, BillQuery query) {
        String tags = switch (query.detail()) {
            case PRICE -> "''";
            case TAGS -> "terms.tags";
        };
        return "SELECT caller.team, CASE WHEN terms.price = '' THEN '' ELSE terms.model END, terms.price, " + tags
                + ", " + sums + OF;
    }
}
