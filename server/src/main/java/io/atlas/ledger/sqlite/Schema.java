package io.atlas.ledger.sqlite;

import io.atlas.ledger.LedgerException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables.
 *
 * <p>A line is in two of them: by time as what sums are made of, in narrow rows that name the caller and the terms by
 * number, and by id as what else its receipt says. The model of the terms is the one that served, else the one that was asked for; a team,
 * a user or an end user that a caller does not have is empty. The rollup has the sums of each quarter of an hour beside: every zone's midnight
 * falls on one, so that calendar windows are summed from few rows of integers. What was not paid is summed in the same way
 * in rows of its own, of which there are few.
 *
 * <p>Issued keys stand beside, each by the digest of its secret; and the name of the node, where its lines are carried on
 * to a database of all nodes, with the last of them that is known to be there. What is told of budgets stands apart from all.
 */
final class Schema {
    private static final List<String> FIRST = List.of("""
            CREATE TABLE caller (
              id INTEGER PRIMARY KEY,
              tenant TEXT NOT NULL, team TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL, tier TEXT NOT NULL,
              UNIQUE (tenant, team, user, key, tier)
            ) STRICT
            """, """
            CREATE TABLE terms (
              id INTEGER PRIMARY KEY,
              model TEXT NOT NULL, backend TEXT NOT NULL, price TEXT NOT NULL, configuration TEXT NOT NULL,
              UNIQUE (model, backend, price, configuration)
            ) STRICT
            """, """
            CREATE TABLE receipt (
              line INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_micros INTEGER NOT NULL, json TEXT NOT NULL
            ) STRICT
            """, """
            CREATE TABLE entry (
              at_micros INTEGER NOT NULL, line INTEGER NOT NULL,
              caller INTEGER NOT NULL, terms INTEGER NOT NULL,
              duration_micros INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT,
              sent INTEGER NOT NULL, charged INTEGER NOT NULL,
              input_tokens INTEGER NOT NULL, cached_input_tokens INTEGER NOT NULL,
              output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL, source TEXT NOT NULL,
              cost_nano_usd INTEGER NOT NULL, refused_nano_usd INTEGER NOT NULL,
              PRIMARY KEY (at_micros, line)
            ) STRICT, WITHOUT ROWID
            """, """
            CREATE TABLE rollup (
              start_micros INTEGER NOT NULL, caller INTEGER NOT NULL, terms INTEGER NOT NULL,
              requests INTEGER NOT NULL, charged_requests INTEGER NOT NULL, refused INTEGER NOT NULL,
              input_tokens INTEGER NOT NULL, cached_input_tokens INTEGER NOT NULL,
              output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,
              PRIMARY KEY (start_micros, caller, terms)
            ) STRICT, WITHOUT ROWID
            """);

    private static final List<String> END_USERS = List.of(
            "ALTER TABLE caller RENAME TO caller_without_end_user",
            """
            CREATE TABLE caller (
              id INTEGER PRIMARY KEY,
              tenant TEXT NOT NULL, team TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL, tier TEXT NOT NULL,
              end_user TEXT NOT NULL,
              UNIQUE (tenant, team, user, key, tier, end_user)
            ) STRICT
            """,
            """
            INSERT INTO caller SELECT id, tenant, team, user, key, tier, '' FROM caller_without_end_user
            """,
            "DROP TABLE caller_without_end_user",
            """
            CREATE TABLE sighting (caller INTEGER PRIMARY KEY, day INTEGER NOT NULL) STRICT
            """);

    private static final List<String> ISSUED_KEYS = List.of("""
            CREATE TABLE issued_key (
              id TEXT PRIMARY KEY,
              tenant TEXT NOT NULL, team TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL,
              digest TEXT NOT NULL UNIQUE,
              created_micros INTEGER NOT NULL, expires_micros INTEGER, revoked_micros INTEGER,
              replaced_by TEXT NOT NULL
            ) STRICT
            """);

    private static final List<String> NODE = List.of("""
            CREATE TABLE node (id TEXT NOT NULL, shipped_line INTEGER NOT NULL) STRICT
            """);

    /** Few of many; the rows of a day need not be read to find them. */
    private static final List<String> NOT_SERVED = List.of("""
            CREATE INDEX entry_not_served ON entry (at_micros, line) WHERE outcome <> 'served'
            """);

    private static final List<String> STAND_INS =
            List.of("ALTER TABLE terms RENAME TO terms_without_instead", """
            CREATE TABLE terms (
              id INTEGER PRIMARY KEY,
              model TEXT NOT NULL, backend TEXT NOT NULL, price TEXT NOT NULL, configuration TEXT NOT NULL,
              instead TEXT NOT NULL,
              UNIQUE (model, backend, price, configuration, instead)
            ) STRICT
            """, """
            INSERT INTO terms SELECT id, model, backend, price, configuration, '' FROM terms_without_instead
            """, "DROP TABLE terms_without_instead");

    /** From here on receipts are in the new column, and what is in the old one is empty. */
    private static final List<String> SMILE = List.of("ALTER TABLE receipt ADD COLUMN smile BLOB");

    /** Answers that were given again, which are neither sent nor refused. Lines from before count as sent. */
    private static final List<String> REPLAYED = List.of(
            "ALTER TABLE entry ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE rollup ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0");

    private static final List<String> TAGS =
            List.of("ALTER TABLE terms RENAME TO terms_without_tags", """
            CREATE TABLE terms (
              id INTEGER PRIMARY KEY,
              model TEXT NOT NULL, backend TEXT NOT NULL, price TEXT NOT NULL, configuration TEXT NOT NULL,
              instead TEXT NOT NULL, tags TEXT NOT NULL,
              UNIQUE (model, backend, price, configuration, instead, tags)
            ) STRICT
            """, """
            INSERT INTO terms SELECT id, model, backend, price, configuration, instead, '' FROM terms_without_tags
            """, "DROP TABLE terms_without_tags");

    /** Of lines that are there already, what can be known without reading their receipts. */
    private static final List<String> SPARED = List.of("""
            CREATE TABLE spared (
              start_micros INTEGER NOT NULL, caller INTEGER NOT NULL, terms INTEGER NOT NULL,
              replayed INTEGER NOT NULL, replay_nano_usd INTEGER NOT NULL,
              trim_nano_usd INTEGER NOT NULL, downgrade_nano_usd INTEGER NOT NULL, refused_nano_usd INTEGER NOT NULL,
              PRIMARY KEY (start_micros, caller, terms)
            ) STRICT, WITHOUT ROWID
            """, """
            INSERT INTO spared
              SELECT at_micros / 900000000 * 900000000 AS start, caller, terms, 0, 0, 0, 0, SUM(refused_nano_usd)
                FROM entry WHERE outcome <> 'served' AND refused_nano_usd > 0 GROUP BY 1, 2, 3
            """);

    /** What the tokens cost us where they were served. Of lines from before it is not known, and counts as 0. */
    private static final List<String> PROVIDER_COST = List.of(
            "ALTER TABLE entry ADD COLUMN provider_cost_nano_usd INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE rollup ADD COLUMN provider_cost_nano_usd INTEGER NOT NULL DEFAULT 0");

    /** Which marks of budgets have fired, what webhooks are told of them, and what became of it. */
    private static final List<String> ALERTS = List.of("""
            CREATE TABLE alert_firing (
              limit_id TEXT NOT NULL, mark TEXT NOT NULL,
              window_end_micros INTEGER NOT NULL, amount INTEGER NOT NULL,
              PRIMARY KEY (limit_id, mark)
            ) STRICT, WITHOUT ROWID
            """, """
            CREATE TABLE alert_delivery (
              line INTEGER PRIMARY KEY,
              alert TEXT NOT NULL, type TEXT NOT NULL, limit_id TEXT NOT NULL, mark TEXT NOT NULL, at_micros INTEGER NOT NULL,
              body TEXT NOT NULL, webhook TEXT NOT NULL, state TEXT NOT NULL, next_micros INTEGER NOT NULL,
              UNIQUE (alert, webhook)
            ) STRICT
            """, """
            CREATE INDEX alert_pending ON alert_delivery (webhook, next_micros, line) WHERE state = 'pending'
            """, """
            CREATE INDEX alert_age ON alert_delivery (at_micros)
            """, """
            CREATE TABLE alert_attempt (
              delivery INTEGER NOT NULL, number INTEGER NOT NULL,
              at_micros INTEGER NOT NULL, took_micros INTEGER NOT NULL, status INTEGER, error TEXT NOT NULL,
              PRIMARY KEY (delivery, number)
            ) STRICT, WITHOUT ROWID
            """);

    /** What was moved between upstream quotas, and until when; without an end where that is NULL. */
    private static final List<String> POOL_MOVES = List.of("""
            CREATE TABLE pool_move (
              id TEXT PRIMARY KEY,
              from_pool TEXT NOT NULL,
              to_pool TEXT NOT NULL,
              kind TEXT NOT NULL,
              per TEXT NOT NULL,
              amount INTEGER NOT NULL,
              actor TEXT NOT NULL,
              reason TEXT NOT NULL,
              made_micros INTEGER NOT NULL,
              ends_micros INTEGER
            ) STRICT
            """);

    /** Tokens weighed by price. Lines from before were not weighed, and count as 0. */
    private static final List<String> CREDITS = List.of(
            "ALTER TABLE entry ADD COLUMN credits INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE rollup ADD COLUMN credits INTEGER NOT NULL DEFAULT 0");

    /** From here on a receipt has in this column what the rest of its line does not say, and nothing in the two before it. */
    private static final List<String> REST = List.of("ALTER TABLE receipt ADD COLUMN rest BLOB");

    /** What makes a file of each version from one of the version before; the first, from an empty one. */
    private static final List<List<String>> STEPS = List.of(
            FIRST,
            END_USERS,
            ISSUED_KEYS,
            NODE,
            NOT_SERVED,
            STAND_INS,
            SMILE,
            REPLAYED,
            TAGS,
            SPARED,
            PROVIDER_COST,
            ALERTS,
            POOL_MOVES,
            CREDITS,
            REST);

    static final int VERSION = STEPS.size();

    private Schema() {}

    /** Brings the file to this version, in one step that is whole or not at all; refuses a file that a newer Atlas wrote. */
    static void prepare(Connection connection) throws SQLException {
        prepare(connection, VERSION);
    }

    /** The same as that version had it. */
    static void prepare(Connection connection, int target) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            if (version < 0 || version > target) {
                throw new LedgerException("schema of the ledger: version " + version + " (expected: at most " + target
                        + "; a newer Atlas wrote this file)");
            }
            if (version < target) {
                upgrade(statement, version, target);
            }
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }

    private static void upgrade(Statement statement, int version, int target) throws SQLException {
        statement.execute("BEGIN IMMEDIATE");
        for (List<String> step : STEPS.subList(version, target)) {
            for (String change : step) {
                statement.execute(change);
            }
        }
        statement.execute("PRAGMA user_version = " + target);
        statement.execute("COMMIT");
    }
}
