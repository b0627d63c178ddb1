package io.atlas.ledger.sql;

import io.atlas.kernel.receipt.Outcome;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Dimension;
import java.util.ArrayList;
import java.util.List;

/** What a question about decisions asks of a row of entry, caller and terms, after a first condition. */
final class Conditions {
    private final StringBuilder sql = new StringBuilder();
    private final List<Object> values;

    /** Conditions that follow others, which have these values. */
    Conditions(List<Object> before) {
        values = new ArrayList<>(before);
    }

    /** Adds what the query says of names, of how the request ended and why; not its times. */
    void narrow(DecisionQuery query) {
        if (query.outcome().filter(outcome -> outcome != Outcome.SERVED).isPresent()
                || query.reason().isPresent()) {
            // In these words, so that the index of what was not served is used.
            and("entry.outcome <> 'served'");
        }
        query.outcome().ifPresent(outcome -> and("entry.outcome = ?", outcome.word()));
        query.reason().ifPresent(reason -> and("entry.reason = ?", reason.code()));
        query.where().forEach(this::of);
    }

    void and(String condition, Object... bound) {
        sql.append(" AND ").append(condition);
        values.addAll(List.of(bound));
    }

    String sql() {
        return sql.toString();
    }

    List<Object> values() {
        return values;
    }

    private void of(Dimension dimension, String name) {
        switch (dimension) {
            case TENANT, TEAM, USER, KEY, END_USER, TIER -> and("caller." + dimension.word() + " = ?", stored(name));
            case MODEL, BACKEND, PRICE -> and("terms." + dimension.word() + " = ?", stored(name));
            case DAY, HOUR ->
                throw new IllegalArgumentException("where: " + dimension + " (expected: a caller's or a model's)");
        }
    }

    private static String stored(String name) {
        return name.equals(DecisionQuery.NONE) ? "" : name;
    }
}
