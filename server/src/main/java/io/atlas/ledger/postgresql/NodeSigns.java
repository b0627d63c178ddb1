package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.ledger.LedgerException;
import io.atlas.nodes.NodeRegistry;
import io.atlas.nodes.SeenNode;
import io.atlas.nodes.Sign;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What nodes say of themselves, a row for each, by the clock of the database. Each call has a connection of its own. */
public final class NodeSigns implements NodeRegistry {
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final String SAY = """
            INSERT INTO node_sign VALUES (?, ?, ?, ?, ?, ?, ?, now())
              ON CONFLICT (id) DO UPDATE SET
                (host, version, configuration, configuration_since_micros, started_micros, lag_records, seen_at)
                = (excluded.host, excluded.version, excluded.configuration, excluded.configuration_since_micros,
                    excluded.started_micros, excluded.lag_records, excluded.seen_at)
            """;
    private static final String DAY_AGO = "now() - make_interval(hours => " + FORGOTTEN_HOURS + ")";
    private static final String ALL = "SELECT node_sign.*,"
            + " CAST(EXTRACT(EPOCH FROM now() - seen_at) * 1000000 AS bigint) AS silent_micros"
            + " FROM node_sign WHERE seen_at > " + DAY_AGO + " ORDER BY id";
    private static final String FORGET = "DELETE FROM node_sign WHERE seen_at <= " + DAY_AGO;

    private final Connector connector;
    private volatile boolean migrated;

    private NodeSigns(Connector connector) {
        this.connector = connector;
    }

    /** Those in that database. */
    public static NodeSigns of(LedgerDatabase database) {
        return new NodeSigns(new Connector(database, SILENCE));
    }

    @Override
    public String place() {
        return "postgresql";
    }

    @Override
    public void say(Sign sign) {
        try (Connection connection = connect();
                PreparedStatement say = connection.prepareStatement(SAY);
                Statement forget = connection.createStatement()) {
            say.setString(1, sign.node());
            say.setString(2, sign.host());
            say.setString(3, sign.version());
            say.setString(4, sign.configuration());
            say.setLong(5, sign.configurationSinceMicros());
            say.setLong(6, sign.startedMicros());
            say.setLong(7, sign.lagRecords());
            say.executeUpdate();
            forget.executeUpdate(FORGET);
            connection.commit();
        } catch (SQLException e) {
            throw away(e);
        }
    }

    @Override
    public void leave(String node) {
        try (Connection connection = connect();
                PreparedStatement leave = connection.prepareStatement("DELETE FROM node_sign WHERE id = ?")) {
            leave.setString(1, node);
            leave.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            throw away(e);
        }
    }

    @Override
    public List<SeenNode> all() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ALL)) {
            List<SeenNode> all = new ArrayList<>();
            while (row.next()) {
                all.add(node(row));
            }
            return all;
        } catch (SQLException e) {
            throw away(e);
        }
    }

    private static SeenNode node(ResultSet row) throws SQLException {
        Sign sign = new Sign(
                row.getString("id"),
                row.getString("host"),
                row.getString("version"),
                row.getString("configuration"),
                row.getLong("configuration_since_micros"),
                row.getLong("started_micros"),
                row.getLong("lag_records"));
        return new SeenNode(sign, Duration.of(row.getLong("silent_micros"), ChronoUnit.MICROS));
    }

    private Connection connect() throws SQLException {
        if (!migrated) {
            connector.migrate();
            migrated = true;
        }
        return connector.connect();
    }

    private LedgerException away(SQLException cause) {
        migrated = migrated && Standing.of(cause) == Standing.UNREACHABLE;
        return new LedgerException("nodes: the database of all nodes cannot be asked", cause);
    }
}
