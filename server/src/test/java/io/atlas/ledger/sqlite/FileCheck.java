package io.atlas.ledger.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads a ledger's tables as they are. */
final class FileCheck {
    private FileCheck() {}

    /** The rows of the rollup. */
    static List<String> rollup(Path file) throws SQLException {
        return rows(file, "SELECT * FROM rollup ORDER BY 1, 2, 3");
    }

    /** What the rows of the rollup should be. */
    static List<String> entries(Path file) throws SQLException {
        return rows(file, """
                SELECT at_micros / 900000000 * 900000000, caller, terms, SUM(sent), SUM(charged), SUM(1 - sent - replayed),
                    SUM(input_tokens), SUM(cached_input_tokens), SUM(output_tokens), SUM(reasoning_tokens),
                    SUM(cost_nano_usd), SUM(replayed), SUM(provider_cost_nano_usd), SUM(credits)
                  FROM entry GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """);
    }

    /** The ids of all lines. */
    static List<String> ids(Path file) throws SQLException {
        return rows(file, "SELECT id FROM entry JOIN receipt USING (at_micros, line)");
    }

    /** What SQLite says about the file's health. */
    static List<String> integrity(Path file) throws SQLException {
        return rows(file, "PRAGMA integrity_check");
    }

    private static List<String> rows(Path file, String sql) throws SQLException {
        try (Connection connection = new Database(file).reader();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    values.add(row.getString(column));
                }
                rows.add(String.join(" ", values));
            }
            return rows;
        }
    }
}
