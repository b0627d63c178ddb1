package io.atlas.ledger.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The numbers of accounts, given at first sight. Belongs to the thread that writes. */
final class Accounts implements AutoCloseable {
    private static final int REMEMBERED = 50_000;

    private final PreparedStatement find;
    private final PreparedStatement add;
    private final Map<Account, Long> numbers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Account, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    Accounts(Connection connection) throws SQLException {
        find = connection.prepareStatement(
                "SELECT id FROM account WHERE (" + Account.COLUMNS + ") = (?, ?, ?, ?, ?, ?, ?)");
        add = connection.prepareStatement(
                "INSERT INTO account (" + Account.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id");
    }

    long number(Account account) throws SQLException {
        Long known = numbers.get(account);
        if (known != null) {
            return known;
        }
        OptionalLong found = id(find, account);
        long number = found.isPresent() ? found.getAsLong() : id(add, account).orElseThrow();
        numbers.put(account, number);
        return number;
    }

    /** The transaction that may have given numbers was rolled back. */
    void forget() {
        numbers.clear();
    }

    private static OptionalLong id(PreparedStatement statement, Account account) throws SQLException {
        int column = 1;
        for (String value : account.values()) {
            statement.setString(column++, value);
        }
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    @Override
    public void close() throws SQLException {
        find.close();
        add.close();
    }
}
