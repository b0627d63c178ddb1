package io.atlas.ledger.sqlite;

import io.atlas.alert.AlertLog;
import io.atlas.bill.BillLine;
import io.atlas.bill.BillQuery;
import io.atlas.bill.Bills;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.config.Durability;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Window;
import io.atlas.keys.KeyStore;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Decision;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Outbox;
import io.atlas.ledger.Posting;
import io.atlas.ledger.Postings;
import io.atlas.ledger.Seen;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport;
import io.atlas.ledger.follow.DecisionFeed;
import io.atlas.ledger.follow.Followed;
import io.atlas.ledger.follow.Position;
import io.atlas.ledger.sql.BillSums;
import io.atlas.ledger.sql.DecisionPages;
import io.atlas.ledger.sql.FollowedDecisions;
import io.atlas.ledger.sql.PostingSums;
import io.atlas.ledger.sql.Text;
import io.atlas.ledger.sql.UsageSums;
import io.atlas.pool.MoveStore;
import io.atlas.time.TimeSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The ledger in one SQLite file on the local disk: one thread writes, others read beside it. */
public final class SqliteLedger implements Ledger, Bills, DecisionFeed {
    private final Database database;
    private final GroupCommit commit;
    private final Readers readers;
    private Optional<Retention> retention = Optional.empty();

    private SqliteLedger(Database database, GroupCommit commit, Readers readers) {
        this.database = database;
        this.commit = commit;
        this.readers = readers;
    }

    /** Opens the file, and makes it where it is not there. Only one process may have it open. */
    public static SqliteLedger open(Path file, Durability durability) {
        Database database = new Database(file);
        try {
            Connection writer = database.writer(durability);
            try {
                Schema.prepare(writer);
                Readers readers = new Readers(database);
                return new SqliteLedger(database, GroupCommit.into(new Journal(writer)), readers);
            } catch (SQLException | RuntimeException e) {
                writer.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new LedgerException("ledger: " + file + " (expected: a ledger, or a place for a new one)", e);
        }
    }

    @Override
    public CompletionStage<Long> record(Receipt receipt) {
        return commit.write(receipt);
    }

    @Override
    public Optional<Decision> decision(String id) {
        return readers.ask(connection -> decision(connection, id));
    }

    @Override
    public DecisionPage decisions(DecisionQuery query) {
        awaitWritten();
        return readers.ask(connection -> DecisionPages.of(connection, DecisionPages.Tables.OF_ONE_NODE, query));
    }

    @Override
    public Position end() {
        return Position.ofOneNode(lastLine());
    }

    @Override
    public Followed after(Position position, DecisionQuery query) {
        return readers.ask(
                connection -> FollowedDecisions.ofOneNode(connection, position, lastLine(connection), query));
    }

    @Override
    public UsageReport usage(UsageQuery query) {
        awaitWritten();
        return readers.ask(connection -> UsageSums.of(connection, query));
    }

    @Override
    public List<BillLine> lines(BillQuery query) {
        awaitWritten();
        return readers.ask(connection -> BillSums.of(connection, query));
    }

    /** The number of the last line, once all that were handed over before are written; 0 where there is none. Blocks. */
    public long lastLine() {
        awaitWritten();
        return readers.ask(SqliteLedger::lastLine);
    }

    @Override
    public Postings postings(List<Limit> limits, CountingRules rules, long nowMicros) {
        return readers.ask(connection -> {
            List<Posting> postings = PostingSums.of(connection, limits, rules, nowMicros);
            return new Postings(postings, lastLine(connection));
        });
    }

    @Override
    public List<Long> spent(Limit limit, List<Window> parts, CountingRules rules) {
        awaitWritten();
        return readers.ask(connection -> PostingSums.spent(connection, limit, parts, rules));
    }

    /** The moves between pools, which are kept in the same file. */
    public MoveStore moves() {
        return new SqliteMoves(commit, readers);
    }

    /** The issued keys, which are kept in the same file. */
    public KeyStore keys() {
        return new SqliteKeyStore(commit, readers);
    }

    /** What was told of budgets, which is kept in the same file. */
    public AlertLog alerts() {
        return new SqliteAlertLog(commit, readers);
    }

    /**
     * The name of this node among all that share something with it, which it keeps. Blocks.
     *
     * @param names makes the name of a node that has none
     */
    public String node(Supplier<String> names) {
        return NodeName.of(readers, commit, names);
    }

    /**
     * The lines for who carries them on, read beside everything else; to be closed before the ledger.
     *
     * @param names makes the name of a node that has none
     */
    public Outbox outbox(Supplier<String> names) {
        return SqliteOutbox.open(database, readers, commit, names);
    }

    /**
     * From now on keeps the receipts of requests for that time. Their lines stay. Where lines are gathered in a database of
     * all nodes, those that are not there yet keep their receipts, too.
     */
    public void keepReceipts(Supplier<Duration> kept, Optional<LedgerDatabase> gathered, TimeSource time) {
        Retention begun = retention(gathered.isPresent() ? Retention.Scope.SHIPPED : Retention.Scope.ALL);
        begun.begin(kept, time);
        retention = Optional.of(begun);
    }

    /** What takes old receipts out, when it is told to. */
    Retention retention(Retention.Scope scope) {
        return new Retention(commit, readers, scope);
    }

    @Override
    public List<Seen> endUsers(long sinceMicros) {
        return readers.ask(connection -> Sightings.since(connection, sinceMicros));
    }

    @Override
    public long lag() {
        return commit.lag();
    }

    @Override
    public void close() {
        retention.ifPresent(Retention::close);
        readers.close();
        commit.close();
    }

    /**
     * Waits for the lines that were handed over before. What a request held is free a moment before its line is written, and
     * who has seen the one must find the other. Where nothing can be written any more, what is there can still be read.
     */
    private void awaitWritten() {
        if (commit.lag() > 0) {
            commit.change(_ -> {})
                    .handle((_, _) -> Optional.empty())
                    .toCompletableFuture()
                    .join();
        }
    }

    static long lastLine(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery("SELECT MAX(line) FROM receipt")) {
            return last.getLong(1);
        }
    }

    private static Optional<Decision> decision(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT receipt.id AS decision, receipt.json, receipt.smile, receipt.rest, entry.*, caller.*, terms.*
                  FROM receipt
                  JOIN entry ON entry.at_micros = receipt.at_micros AND entry.line = receipt.line
                  JOIN caller ON caller.id = entry.caller
                  JOIN terms ON terms.id = entry.terms
                  WHERE receipt.id = ?
                """)) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Decision(
                                row.getString("tenant"),
                                Text.optional(row.getString("team")),
                                row.getString("key"),
                                StoredReceipt.json(row),
                                row.getLong("provider_cost_nano_usd")))
                        : Optional.empty();
            }
        }
    }
}
