package io.atlas.ledger.sql;

import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.DecisionQuery.Mark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decisions by page. A page begins behind the last decision of the one before (the keyset), so that it costs the same
 * however far back it lies, and what comes in meanwhile moves nothing.
 */
public final class DecisionPages {
    /** What a row is made of, beside the id. */
    static final String FIELDS = """
            entry.at_micros, entry.line, entry.duration_micros, entry.outcome, entry.reason,
                entry.input_tokens, entry.output_tokens, entry.cost_nano_usd, entry.refused_nano_usd,
                terms.model, terms.backend,
                caller.tenant, caller.team, caller.user, caller.key, caller.tier, caller.end_user
            """;

    private static final String COLUMNS = FIELDS + """
              FROM entry
              JOIN caller ON caller.id = entry.caller
              JOIN terms ON terms.id = entry.terms
            """;

    /** Whose lines the tables have: by that, what tells lines of one moment apart. */
    public enum Tables {
        OF_ONE_NODE,
        OF_ALL_NODES
    }

    private final StringBuilder sql = new StringBuilder();
    private final Conditions conditions = new Conditions(List.of());

    private DecisionPages(Tables tables, DecisionQuery query) {
        Mark before = query.before().orElse(new Mark(query.toMicros(), 0, 0));
        switch (tables) {
            case OF_ONE_NODE -> {
                sql.append("SELECT receipt.id, 0 AS node, ").append(COLUMNS);
                sql.append(" JOIN receipt ON receipt.line = entry.line WHERE TRUE");
                conditions.and("(entry.at_micros, entry.line) < (?, ?)", before.atMicros(), before.line());
            }
            case OF_ALL_NODES -> {
                sql.append("SELECT entry.id, entry.node, ").append(COLUMNS).append(" WHERE TRUE");
                conditions.and(
                        "(entry.at_micros, entry.node, entry.line) < (?, ?, ?)",
                        before.atMicros(),
                        before.node(),
                        before.line());
            }
        }
        conditions.and("entry.at_micros < ?", query.toMicros());
        conditions.and("entry.at_micros >= ?", query.fromMicros());
        conditions.narrow(query);
        sql.append(conditions.sql());
        sql.append(
                switch (tables) {
                    case OF_ONE_NODE -> " ORDER BY entry.at_micros DESC, entry.line DESC LIMIT ?";
                    case OF_ALL_NODES -> " ORDER BY entry.at_micros DESC, entry.node DESC, entry.line DESC LIMIT ?";
                });
        conditions.values().add(query.most() + 1);
    }

    /** The question in SQL. */
    public static String sql(Tables tables, DecisionQuery query) {
        return new DecisionPages(tables, query).sql.toString();
    }

    /** The page, from a connection in a transaction that sees one state of the tables. */
    public static DecisionPage of(Connection connection, Tables tables, DecisionQuery query) throws SQLException {
        DecisionPages pages = new DecisionPages(tables, query);
        List<DecisionPage.Row> rows = new ArrayList<>();
        Optional<Mark> last = Optional.empty();
        try (PreparedStatement statement = connection.prepareStatement(pages.sql.toString())) {
            List<Object> values = pages.conditions.values();
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (rows.size() == query.most()) {
                        return new DecisionPage(rows, last);
                    }
                    rows.add(row(row));
                    last = Optional.of(new Mark(row.getLong("at_micros"), row.getLong("node"), row.getLong("line")));
                }
            }
        }
        return new DecisionPage(rows, Optional.empty());
    }

    /** A row that has the id and the fields. */
    static DecisionPage.Row row(ResultSet row) throws SQLException {
        return new DecisionPage.Row(
                row.getString("id"),
                row.getLong("at_micros"),
                row.getLong("duration_micros"),
                Names.caller(row),
                Text.optional(row.getString("model")),
                Text.optional(row.getString("backend")),
                row.getString("outcome"),
                Optional.ofNullable(row.getString("reason")),
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("cost_nano_usd"),
                row.getLong("refused_nano_usd"));
    }
}
