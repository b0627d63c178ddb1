package io.atlas.ledger.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What was not paid for the lines that a node ships, read from their receipts. Few receipts are read: those of requests that
 * were refused or got an answer once more, and those which have a step that saved.
 */
final class SparedLines {
    /** Adds it for the lines in {@code fresh}, but for what answers had cost that were given again. */
    static final String OF_FRESH = """
            INSERT INTO spared
              SELECT at_micros / 900000000 * 900000000, caller, terms, node, SUM(again), 0, SUM(trim), SUM(downgrade),
                  SUM(refused_nano_usd)
                FROM (
                  SELECT fresh.*, step.trim, step.downgrade,
                      CASE WHEN charged = 0 AND outcome = 'served' THEN step.again ELSE 0 END AS again
                    FROM fresh
                    CROSS JOIN LATERAL (
                      SELECT
                          COALESCE(SUM((one ->> 'saved_nano_usd')::bigint) FILTER (WHERE one ->> 'by' = 'trim'), 0)
                            AS trim,
                          COALESCE(SUM((one ->> 'saved_nano_usd')::bigint) FILTER (WHERE one ->> 'by' = 'downgrade'), 0)
                            AS downgrade,
                          COUNT(*) FILTER (WHERE one ->> 'step' = 'replay') AS again
                        FROM json_array_elements(fresh.receipt -> 'steps') AS one
                        WHERE one ->> 'step' IN ('save', 'replay')) AS step
                    WHERE refused_nano_usd > 0
                      OR charged = 0 AND outcome = 'served'
                      OR strpos(receipt::text, '"step":"save"') > 0) AS line
                WHERE again > 0 OR trim > 0 OR downgrade > 0 OR refused_nano_usd > 0
                GROUP BY 1, 2, 3, 4
              ON CONFLICT (start_micros, caller, terms, node) DO UPDATE SET
                replayed = spared.replayed + excluded.replayed,
                trim_nano_usd = spared.trim_nano_usd + excluded.trim_nano_usd,
                downgrade_nano_usd = spared.downgrade_nano_usd + excluded.downgrade_nano_usd,
                refused_nano_usd = spared.refused_nano_usd + excluded.refused_nano_usd
            """;

    private static final String REPLAYS = """
            SELECT 1 FROM staging WHERE charged = 0 AND outcome = 'served' LIMIT 1
            """;

    /** The answer is charged to another line, which may be another node's, and of any day. */
    private static final String WORTH = """
            UPDATE spared SET replay_nano_usd = replay_nano_usd + line.worth
              FROM (
                SELECT replay.at_micros / 900000000 * 900000000 AS start, replay.caller, replay.terms,
                    SUM(COALESCE((SELECT MAX(cost_nano_usd) FROM entry WHERE entry.id = step.answer), 0)) AS worth
                  FROM staging
                  JOIN entry AS replay ON replay.id = staging.id AND replay.at_micros = staging.at_micros
                  CROSS JOIN LATERAL (
                    SELECT one ->> 'of' AS answer FROM json_array_elements(staging.receipt -> 'steps') AS one
                      WHERE one ->> 'step' = 'replay' LIMIT 1) AS step
                  WHERE replay.node = ? AND staging.charged = 0 AND staging.outcome = 'served'
                  GROUP BY 1, 2, 3) AS line
              WHERE (spared.start_micros, spared.caller, spared.terms, spared.node)
                = (line.start, line.caller, line.terms, ?)
            """;

    private SparedLines() {}

    /** Adds what answers had cost that are given again in what is staged; its lines are there, under the number of their node. */
    static void addWorth(Connection connection, int node) throws SQLException {
        try (PreparedStatement replays = connection.prepareStatement(REPLAYS);
                ResultSet any = replays.executeQuery()) {
            if (!any.next()) {
                return;
            }
        }
        try (PreparedStatement worth = connection.prepareStatement(WORTH)) {
            worth.setInt(1, node);
            worth.setInt(2, node);
            worth.executeUpdate();
        }
    }
}
