package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.secret.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/** The way to the database: new connections, and the tables as this version of Atlas has them. */
final class Connector {
    /** The schema in the database that holds the tables, which is made where there is none. */
    static final String SCHEMA = "atlas";

    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final Duration silence;

    /** What the URL says of connections holds before what is usual. */
    Connector(LedgerDatabase database, Duration silence) {
        this.silence = silence;
        int seconds = (int) Math.max(1, silence.toSeconds());
        source.setConnectTimeout(seconds);
        source.setLoginTimeout(seconds);
        source.setSocketTimeout(seconds);
        source.setTcpKeepAlive(true);
        source.setApplicationName("atlas");
        source.setCurrentSchema(SCHEMA);
        source.setURL(database.url());
        database.user().ifPresent(source::setUser);
        database.password().map(Secret::reveal).ifPresent(source::setPassword);
    }

    /** Brings the tables to this version. Of many nodes at once one does it, and the others wait. */
    void migrate() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            // Flyway has a lock of its own, but not for the schema that it keeps its history in.
            statement.execute("SELECT pg_advisory_lock(" + Partitions.LOCK + ")");
            Flyway.configure(Connector.class.getClassLoader())
                    .dataSource(source)
                    .schemas(SCHEMA)
                    .locations("classpath:io/atlas/ledger/postgresql")
                    .load()
                    .migrate();
        }
    }

    /** A connection in a transaction that sees what others have committed before each statement. */
    Connection connect() throws SQLException {
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            // Who is cut off in a transaction would leave its locks until TCP finds out, in hours.
            statement.execute("SET idle_in_transaction_session_timeout = " + silence.toMillis());
            statement.execute("SET lock_timeout = " + silence.toMillis());
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
