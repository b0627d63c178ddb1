package io.atlas.ledger.sqlite;

import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.LedgerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * What the numbers in the narrow tables stand for. Callers are read all at once: there are no more than keys were ever
 * configured, while terms name whatever models were asked for. Belongs to the thread that reads.
 */
final class Names implements AutoCloseable {
    private final PreparedStatement model;
    private final Map<Long, Caller> callers = new HashMap<>();
    private final Map<Long, String> models = new HashMap<>();
    private final Map<String, String> classOfModel;

    Names(Connection connection, Map<String, String> classOfModel) throws SQLException {
        this.classOfModel = classOfModel;
        model = connection.prepareStatement("SELECT model FROM terms WHERE id = ?");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, tenant, team, user, key, tier FROM caller")) {
            while (row.next()) {
                callers.put(row.getLong(1), caller(row));
            }
        }
    }

    /** The caller of that number. */
    Caller caller(long number) {
        Caller known = callers.get(number);
        if (known == null) {
            throw new LedgerException("caller: " + number + " (expected: one of the ledger's)");
        }
        return known;
    }

    /** The model of the terms of that number. */
    String model(long terms) throws SQLException {
        String known = models.get(terms);
        if (known != null) {
            return known;
        }
        model.setLong(1, terms);
        try (ResultSet row = model.executeQuery()) {
            if (!row.next()) {
                throw new LedgerException("terms: " + terms + " (expected: some of the ledger's)");
            }
            String found = row.getString(1);
            models.put(terms, found);
            return found;
        }
    }

    /** The class that the model is of now; empty where it has none, or is no more. */
    String classOf(String name) {
        return classOfModel.getOrDefault(name, "");
    }

    @Override
    public void close() throws SQLException {
        model.close();
    }

    private static Caller caller(ResultSet row) throws SQLException {
        return new Caller(
                row.getString(2),
                Text.optional(row.getString(3)),
                Text.optional(row.getString(4)),
                row.getString(5),
                row.getString(6));
    }
}
