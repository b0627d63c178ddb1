package io.atlas.ledger.sqlite;

import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.LedgerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What the numbers in the narrow tables stand for, looked up once each. Belongs to the thread that reads. */
final class Names implements AutoCloseable {
    private final PreparedStatement caller;
    private final PreparedStatement model;
    private final Map<Long, Caller> callers = new HashMap<>();
    private final Map<Long, String> models = new HashMap<>();
    private final Map<String, String> classOfModel;

    Names(Connection connection, Map<String, String> classOfModel) throws SQLException {
        this.classOfModel = classOfModel;
        caller = connection.prepareStatement("SELECT tenant, team, user, key, tier FROM caller WHERE id = ?");
        model = connection.prepareStatement("SELECT model FROM terms WHERE id = ?");
    }

    /** The caller of that number. */
    Caller caller(long number) throws SQLException {
        Caller known = callers.get(number);
        if (known != null) {
            return known;
        }
        caller.setLong(1, number);
        try (ResultSet row = caller.executeQuery()) {
            expectOne(row, "caller", number);
            Caller found = new Caller(
                    row.getString(1),
                    Text.optional(row.getString(2)),
                    Text.optional(row.getString(3)),
                    row.getString(4),
                    row.getString(5));
            callers.put(number, found);
            return found;
        }
    }

    /** The model of the terms of that number. */
    String model(long terms) throws SQLException {
        String known = models.get(terms);
        if (known != null) {
            return known;
        }
        model.setLong(1, terms);
        try (ResultSet row = model.executeQuery()) {
            expectOne(row, "terms", terms);
            models.put(terms, row.getString(1));
            return row.getString(1);
        }
    }

    /** The class that the model is of now; empty where it has none, or is no more. */
    String classOf(String name) {
        return classOfModel.getOrDefault(name, "");
    }

    @Override
    public void close() throws SQLException {
        caller.close();
        model.close();
    }

    private static void expectOne(ResultSet row, String table, long number) throws SQLException {
        if (!row.next()) {
            throw new LedgerException(table + ": " + number + " (expected: one of the ledger's)");
        }
    }
}
