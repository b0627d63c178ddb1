package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.Posting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was charged to calendar limits in their current windows. The file is read once for each distinct window. */
final class CalendarPostings {
    private static final class Sum {
        private final Limit limit;
        private long amount;

        private Sum(Limit limit) {
            this.limit = limit;
        }

        private Limit limit() {
            return limit;
        }

        private void add(Spent spent) {
            amount = Math.addExact(amount, spent.of(limit.spec().kind()));
        }
    }

    private CalendarPostings() {}

    static List<Posting> of(Connection connection, Names names, List<Limit> limits, long nowMicros)
            throws SQLException {
        Map<Window, List<Sum>> windows = new HashMap<>();
        for (Limit limit : limits) {
            limit.spec()
                    .per()
                    .filter(per -> !per.leaks())
                    .ifPresent(per -> windows.computeIfAbsent(
                                    Window.of(per, limit.zone(), nowMicros), _ -> new ArrayList<>())
                            .add(new Sum(limit)));
        }
        List<Posting> postings = new ArrayList<>();
        for (Map.Entry<Window, List<Sum>> window : windows.entrySet()) {
            add(connection, window.getKey(), new LimitsByPlace<>(window.getValue(), Sum::limit, names));
            for (Sum sum : window.getValue()) {
                if (sum.amount > 0) {
                    postings.add(new Posting(sum.limit, sum.amount, nowMicros));
                }
            }
        }
        return postings;
    }

    /** What was charged to one limit in each of some parts of its window. */
    static List<Long> spent(Connection connection, Names names, Limit limit, List<Window> parts) throws SQLException {
        List<Long> spent = new ArrayList<>();
        for (Window part : parts) {
            Sum sum = new Sum(limit);
            add(connection, part, new LimitsByPlace<>(List.of(sum), Sum::limit, names));
            spent.add(sum.amount);
        }
        return spent;
    }

    private static void add(Connection connection, Window window, LimitsByPlace<Sum> sums) throws SQLException {
        Span span = Span.of(window.startMicros(), window.endMicros());
        try (PreparedStatement statement = connection.prepareStatement(sql(span, sums))) {
            span.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Spent spent = Spent.read(row, 3);
                    sums.forEach(row.getLong(1), row.getLong(2), sum -> sum.add(spent));
                }
            }
        }
    }

    /** Sums by caller alone where no limit looks at the terms: then any of a caller's terms will do. */
    private static String sql(Span span, LimitsByPlace<Sum> sums) throws SQLException {
        boolean byTerms = sums.lookAtTerms();
        String terms = byTerms ? "terms" : "MIN(terms)";
        return "SELECT caller, " + terms + ", SUM(charged_requests), SUM(input_tokens), SUM(output_tokens),"
                + " SUM(cost_nano_usd), SUM(credits) FROM (" + span.source()
                + ") AS span WHERE charged_requests > 0 GROUP BY caller"
                + (byTerms ? ", terms" : "");
    }
}
