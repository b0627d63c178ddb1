package io.atlas.ledger.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
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

    Dictionary(Connection connection, String table, List<String> columns) throws SQLException {
        String names = "(" + String.join(", ", columns) + ")";
        String values = "(" + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
        find = connection.prepareStatement("SELECT id FROM " + table + " WHERE " + names + " = " + values);
        add = connection.prepareStatement("INSERT INTO " + table + " " + names + " VALUES " + values + " RETURNING id");
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
