package io.atlas.ledger.sql;

import io.atlas.ledger.Dimension;
import io.atlas.ledger.Grouping;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport;
import io.atlas.ledger.UsageReport.Row;
import io.atlas.ledger.UsageReport.Sums;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The answer to a question about usage. Rows are summed by the numbers of callers and terms first, which compares no texts. */
public final class UsageSums {
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final long DAY_MICROS = 24 * HOUR_MICROS;
    private static final String SUMS = """
            SUM(requests) AS requests, SUM(charged_requests) AS charged_requests, SUM(refused) AS refused,
            SUM(replayed) AS replayed,
            SUM(input_tokens) AS input_tokens, SUM(cached_input_tokens) AS cached_input_tokens,
            SUM(output_tokens) AS output_tokens, SUM(reasoning_tokens) AS reasoning_tokens,
            SUM(cost_nano_usd) AS cost_nano_usd, SUM(provider_cost_nano_usd) AS provider_cost_nano_usd,
            SUM(credits) AS credits
            """;

    /** One group; a number would be the place of a column, and a bare NULL is no expression to every database. */
    private static final String NOTHING = "CAST(NULL AS TEXT)";

    private UsageSums() {}

    /** The answer, from a connection in a transaction that sees one state of the tables. */
    public static UsageReport of(Connection connection, UsageQuery query) throws SQLException {
        Span span = Span.of(query.fromMicros(), query.toMicros());
        try (PreparedStatement statement = connection.prepareStatement(sql(span, query.by()))) {
            span.bind(statement);
            try (ResultSet groups = statement.executeQuery()) {
                return report(query, groups);
            }
        }
    }

    private static UsageReport report(UsageQuery query, ResultSet groups) throws SQLException {
        List<Row> rows = new ArrayList<>();
        Sums total = Sums.NONE;
        while (groups.next()) {
            Sums sums = sums(groups);
            total = total.plus(sums);
            if (rows.size() < UsageReport.MAX_ROWS) {
                rows.add(new Row(group(query.by(), groups), sums));
            }
        }
        return new UsageReport(query, rows, total);
    }

    private static String sql(Span span, List<Grouping> by) {
        String start = "at_micros / " + grain(by) + " * " + grain(by);
        String byNumber = "SELECT caller, terms, " + start + " AS start, " + SUMS + " FROM (" + span.source()
                + ") AS span GROUP BY caller, terms, " + start;
        String group =
                by.isEmpty() ? NOTHING : by.stream().map(UsageSums::column).collect(Collectors.joining(", "));
        return "SELECT " + SUMS + ", " + group + " FROM (" + byNumber + ") AS sums"
                + " JOIN caller ON caller.id = sums.caller JOIN terms ON terms.id = sums.terms"
                + " GROUP BY " + group + " ORDER BY " + group;
    }

    /** The longest time that need not be told apart. */
    private static long grain(List<Grouping> by) {
        if (by.contains(Dimension.HOUR)) {
            return HOUR_MICROS;
        }
        return by.contains(Dimension.DAY) ? DAY_MICROS : Long.MAX_VALUE;
    }

    private static String column(Grouping by) {
        return switch (by) {
            case Grouping.OfTag tag -> tag(tag.name());
            case Dimension dimension -> column(dimension);
        };
    }

    /** What stands between the name and the next comma; the name has nothing in it that SQL would read. */
    private static String tag(String name) {
        String before = "'," + name + "='";
        String tags = "(',' || terms.tags || ',')";
        String rest = "substr(" + tags + ", instr(" + tags + ", " + before + ") + " + (name.length() + 2) + ")";
        return "CASE WHEN instr(" + tags + ", " + before + ") = 0 THEN '' ELSE substr(" + rest + ", 1, instr(" + rest
                + ", ',') - 1) END";
    }

    private static String column(Dimension dimension) {
        return switch (dimension) {
            case TENANT, TEAM, USER, KEY, END_USER, TIER -> "caller." + dimension.word();
            case MODEL, BACKEND, PRICE -> "terms." + dimension.word();
            case DAY -> "start / " + DAY_MICROS + " * " + DAY_MICROS;
            case HOUR -> "start";
        };
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11));
    }

    private static List<Optional<String>> group(List<Grouping> by, ResultSet row) throws SQLException {
        List<Optional<String>> values = new ArrayList<>(by.size());
        int column = 12;
        for (Grouping one : by) {
            values.add(value(one, row, column++));
        }
        return values;
    }

    private static Optional<String> value(Grouping by, ResultSet row, int column) throws SQLException {
        return switch (by) {
            case Grouping.OfTag _ -> Text.optional(row.getString(column));
            case Dimension dimension -> value(dimension, row, column);
        };
    }

    private static Optional<String> value(Dimension dimension, ResultSet row, int column) throws SQLException {
        return switch (dimension) {
            case TENANT, TEAM, USER, KEY, END_USER, TIER, MODEL, BACKEND, PRICE -> Text.optional(row.getString(column));
            case DAY ->
                Optional.of(instant(row.getLong(column))
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDate()
                        .toString());
            case HOUR -> Optional.of(instant(row.getLong(column)).toString());
        };
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
