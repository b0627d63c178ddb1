package io.atlas.ledger.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What was not paid for the lines that a node ships, read from their receipts. Few lines are read: those that were refused,
 * that got an answer once more, or whose receipt has a step that saved.
 */
final class SparedLines {
    /** An answer that is given again is charged to another line, which may be another node's. */
    private static final String ADD = """
            INSERT INTO spared
              SELECT start, caller, terms, node, SUM(CASE WHEN again IS NULL THEN 0 ELSE 1 END),
                  SUM(COALESCE((SELECT MAX(cost_nano_usd) FROM entry WHERE entry.id = again), 0)),
                  SUM(trim), SUM(downgrade), SUM(refused)
                FROM (
                  SELECT entry.at_micros / 900000000 * 900000000 AS start, entry.caller, entry.terms, entry.node,
                      CASE WHEN entry.charged = 0 AND entry.outcome = 'served' THEN step.of END AS again,
                      step.trim, step.downgrade, entry.refused_nano_usd AS refused
                    FROM staging
                    JOIN entry ON entry.id = staging.id AND entry.at_micros = staging.at_micros
                    CROSS JOIN LATERAL (
                      SELECT
                          COALESCE(SUM((one ->> 'saved_nano_usd')::bigint) FILTER (WHERE one ->> 'by' = 'trim'), 0)
                            AS trim,
                          COALESCE(SUM((one ->> 'saved_nano_usd')::bigint) FILTER (WHERE one ->> 'by' = 'downgrade'), 0)
                            AS downgrade,
                          MAX(one ->> 'of') FILTER (WHERE one ->> 'step' = 'replay') AS of
                        FROM json_array_elements(staging.receipt -> 'steps') AS one
                        WHERE one ->> 'step' IN ('save', 'replay')) AS step
                    WHERE entry.node = ?
                      AND (staging.refused_nano_usd > 0
                        OR staging.charged = 0 AND staging.outcome = 'served'
                        OR strpos(staging.receipt::text, '"step":"save"') > 0)) AS line
                WHERE again IS NOT NULL OR trim > 0 OR downgrade > 0 OR refused > 0
                GROUP BY 1, 2, 3, 4
              ON CONFLICT (start_micros, caller, terms, node) DO UPDATE SET
                replayed = spared.replayed + excluded.replayed,
                replay_nano_usd = spared.replay_nano_usd + excluded.replay_nano_usd,
                trim_nano_usd = spared.trim_nano_usd + excluded.trim_nano_usd,
                downgrade_nano_usd = spared.downgrade_nano_usd + excluded.downgrade_nano_usd,
                refused_nano_usd = spared.refused_nano_usd + excluded.refused_nano_usd
            """;

    private SparedLines() {}

    /** Adds those of what is staged; the lines themselves are there, under the number of their node. */
    static void add(Connection connection, int node) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setInt(1, node);
            add.executeUpdate();
        }
    }
}
