package io.atlas.ledger.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A table that gives a number to each combination of texts, at first sight. Belongs to the thread that writes. */
final class Dictionary implements AutoCloseable {
    private static final int REMEMBERED = 50_000;

    private final PreparedStatement find;
    private final PreparedStatement add;
    private final Map<List<String>, Long> numbers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    private Dictionary(Connection connection, String find, String add) throws SQLException {
        this.find = connection.prepareStatement(find);
        this.add = connection.prepareStatement(add);
    }

    /** Of tenant, team, user, key, tier and end user. */
    static Dictionary ofCallers(Connection connection) throws SQLException {
        return new Dictionary(
                connection,
                "SELECT id FROM caller WHERE (tenant, team, user, key, tier, end_user) = (?, ?, ?, ?, ?, ?)",
                "INSERT INTO caller (tenant, team, user, key, tier, end_user) VALUES (?, ?, ?, ?, ?, ?) RETURNING id");
    }

    /** Of model, backend, price, configuration, the limits that others stand in for, and tags. */
    static Dictionary ofTerms(Connection connection) throws SQLException {
        return new Dictionary(
                connection,
                "SELECT id FROM terms WHERE (model, backend, price, configuration, instead, tags) = (?, ?, ?, ?, ?, ?)",
                "INSERT INTO terms (model, backend, price, configuration, instead, tags)"
                        + " VALUES (?, ?, ?, ?, ?, ?) RETURNING id");
    }

    /** The number of those texts. */
    long number(List<String> texts) throws SQLException {
        Long known = numbers.get(texts);
        if (known != null) {
            return known;
        }
        OptionalLong found = id(find, texts);
        long number = found.isPresent() ? found.getAsLong() : id(add, texts).orElseThrow();
        numbers.put(texts, number);
        return number;
    }

    /** The transaction that may have given numbers was rolled back. */
    void forget() {
        numbers.clear();
    }

    @Override
    public void close() throws SQLException {
        find.close();
        add.close();
    }

    private static OptionalLong id(PreparedStatement statement, List<String> texts) throws SQLException {
        int column = 1;
        for (String text : texts) {
            statement.setString(column++, text);
        }
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }
}
