package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/** A database of its own in a PostgreSQL that all tests of this process share; it ends with the process. */
public final class Postgres {
    /** What the rows of the rollup should be. */
    static final String SUMS_OF_ENTRIES = """
            SELECT at_micros / 900000000 * 900000000, caller, terms, node, SUM(sent), SUM(charged), SUM(1 - sent - replayed),
                SUM(input_tokens), SUM(cached_input_tokens), SUM(output_tokens), SUM(reasoning_tokens),
                SUM(cost_nano_usd), SUM(replayed), SUM(provider_cost_nano_usd), SUM(credits)
              FROM entry GROUP BY 1, 2, 3, 4
            """;

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final int port;
    private final String name;

    private Postgres(int port, String name) {
        this.port = port;
        this.name = name;
    }

    private static final class Server {
        private static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                        .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An empty database. */
    public static Postgres create() throws SQLException {
        Postgres postgres = new Postgres(Server.RUNNING.getPort(), "atlas_" + DATABASES.incrementAndGet());
        try (Connection connection = connect(postgres.port, "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + postgres.name);
        }
        return postgres;
    }

    /** Where the server listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress("localhost", port);
    }

    /** The database, for a node. */
    public LedgerDatabase settings() {
        return settingsAt(port);
    }

    /** The database, for a node that finds it at that port of this machine. */
    public LedgerDatabase settingsAt(int otherPort) {
        return new LedgerDatabase(url(otherPort, name), Optional.of("postgres"), Optional.empty(), Optional.empty());
    }

    /** The rows of a question, their columns parted by a space. */
    public List<String> rows(String sql) throws SQLException {
        try (Connection connection = connect(port, name);
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = atlas");
            try (ResultSet row = statement.executeQuery(sql)) {
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

    /** Brings the tables to that version. */
    void migrate(String version) {
        Flyway.configure(Connector.class.getClassLoader())
                .dataSource(url(port, name), "postgres", "")
                .schemas(Connector.SCHEMA)
                .locations("classpath:io/atlas/ledger/postgresql")
                .target(version)
                .load()
                .migrate();
    }

    /** Does something in the database. */
    void execute(String sql) throws SQLException {
        try (Connection connection = connect(port, name);
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = atlas");
            statement.execute(sql);
        }
    }

    /** The ids of all lines that are there, in their order. */
    List<String> ids() throws SQLException {
        return rows("SELECT id FROM entry ORDER BY id");
    }

    /** The rows of the rollup without whose they are. */
    List<String> rollup() throws SQLException {
        return rows("SELECT * FROM rollup ORDER BY 1, 2, 3, 4");
    }

    /** What the rows of the rollup should be. */
    List<String> sumsOfEntries() throws SQLException {
        return rows(SUMS_OF_ENTRIES + " ORDER BY 1, 2, 3, 4");
    }

    private static Connection connect(int port, String name) throws SQLException {
        return DriverManager.getConnection(url(port, name), "postgres", "");
    }

    private static String url(int port, String name) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }
}
