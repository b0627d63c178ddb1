package io.atlas.ledger.sql;

import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Sorts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the numbers in the narrow tables stand for, looked up when it is needed: callers are as many as end users, and
 * terms name whatever models were asked for. Belongs to the thread that reads.
 */
public final class Names implements AutoCloseable {
    private final PreparedStatement caller;
    private final PreparedStatement terms;
    private final Connection connection;
    private final Map<Long, Caller> callers = new HashMap<>();
    private final Map<Long, Terms> known = new HashMap<>();
    private final CountingRules rules;

    /** What a line says of how it counts: by which model, and on which limits of its tier not. */
    record Terms(String model, List<String> instead) {}

    Names(Connection connection, CountingRules rules) throws SQLException {
        this.rules = rules;
        caller = connection.prepareStatement("SELECT * FROM caller WHERE id = ?");
        this.connection = connection;
        terms = connection.prepareStatement("SELECT model, instead FROM terms WHERE id = ?");
    }

    /** The caller of that number. */
    Caller caller(long number) throws SQLException {
        Caller known = callers.get(number);
        if (known != null) {
            return known;
        }
        caller.setLong(1, number);
        try (ResultSet row = caller.executeQuery()) {
            if (!row.next()) {
                throw new LedgerException("caller: " + number + " (expected: one of the ledger's)");
            }
            Caller found = caller(row);
            callers.put(number, found);
            return found;
        }
    }

    /** The terms of that number. */
    Terms terms(long number) throws SQLException {
        Terms before = known.get(number);
        if (before != null) {
            return before;
        }
        terms.setLong(1, number);
        try (ResultSet row = terms.executeQuery()) {
            if (!row.next()) {
                throw new LedgerException("terms: " + number + " (expected: some of the ledger's)");
            }
            Terms found = new Terms(row.getString(1), Sorts.of(row.getString(2)));
            known.put(number, found);
            return found;
        }
    }

    /** Whether limits have ever stood in for others. */
    boolean standIns() throws SQLException {
        try (PreparedStatement any = connection.prepareStatement("SELECT 1 FROM terms WHERE instead <> '' LIMIT 1");
                ResultSet row = any.executeQuery()) {
            return row.next();
        }
    }

    /** The class that the model is of now; empty where it has none, or is no more. */
    String classOf(String name) {
        return rules.classOfModel().getOrDefault(name, "");
    }

    /** The sorts of limits that the tier has now; none where it is no more. */
    Set<String> sortsOf(String tier) {
        return rules.sortsOfTier().getOrDefault(tier, Set.of());
    }

    @Override
    public void close() throws SQLException {
        caller.close();
        terms.close();
    }

    /** A row of the table of callers. */
    public static Caller caller(ResultSet row) throws SQLException {
        return new Caller(
                row.getString("tenant"),
                Text.optional(row.getString("team")),
                Text.optional(row.getString("user")),
                row.getString("key"),
                row.getString("tier"),
                Text.optional(row.getString("end_user")));
    }
}
