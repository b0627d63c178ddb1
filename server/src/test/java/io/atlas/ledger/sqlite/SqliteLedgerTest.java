package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Decision;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Outbox;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport.Sums;
import io.atlas.ledger.sql.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SqliteLedgerTest {
    private static final long NOW = 1_795_000_000_000_000L;
    private static final UsageQuery EVERYTHING = new UsageQuery(List.of(), 0, Long.MAX_VALUE);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void everyLineOfManyThreadsIsCountedOnce(Durability durability) throws Exception {
        try (Ledger ledger = SqliteLedger.open(file(), durability)) {
            List<Receipt> all = new ArrayList<>();
            List<CompletableFuture<?>> threads = new ArrayList<>();
            try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
                for (int seed = 0; seed < 8; seed++) {
                    List<Receipt> lines = new Lines(seed).between(NOW, NOW + 86_400_000_000L, 1_000);
                    all.addAll(lines);
                    threads.add(CompletableFuture.runAsync(() -> recordAll(ledger, lines), executor));
                }
            }
            CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).join();

            assertThat(ledger.lag()).isZero();
            assertThat(ledger.usage(EVERYTHING).total()).isEqualTo(BruteForce.sums(all));
            assertRollupEqualsEntries();
        }
    }

    @Test
    void aNodeKeepsTheNameThatItGotFirstAndShipsUnderIt() {
        try (SqliteLedger ledger = open()) {
            assertThat(ledger.node(() -> "first")).isEqualTo("first");
        }
        try (SqliteLedger ledger = open()) {
            assertThat(ledger.node(() -> "second")).isEqualTo("first");
            try (Outbox outbox = ledger.outbox(() -> "third")) {
                assertThat(outbox.node()).isEqualTo("first");
                outbox.rename();
            }
            assertThat(ledger.node(() -> "fourth")).isEqualTo("third");
        }
    }

    @Test
    void aSecondLineOfTheSameIdChangesNothing() throws Exception {
        try (Ledger ledger = open()) {
            List<Receipt> lines = new Lines(1).between(NOW, NOW + 1_000_000, 100);
            List<Receipt> twice = new ArrayList<>(lines);
            twice.addAll(lines);
            recordAll(ledger, twice);
            Receipt first = lines.getFirst();
            recordAll(ledger, List.of(withIdOf(first, new Lines(2).at(NOW + 5_000_000_000L))));

            assertThat(ledger.usage(EVERYTHING).total()).isEqualTo(BruteForce.sums(lines));
            assertThat(ledger.decision(first.id()).orElseThrow().tenant())
                    .isEqualTo(first.caller().tenant());
            assertRollupEqualsEntries();
        }
    }

    @Test
    void aLedgerThatWasClosedHoldsEverythingWhenItIsOpenedAgain() {
        List<Receipt> lines = new Lines(3).between(NOW, NOW + 1_000_000_000, 2_000);
        try (Ledger ledger = open()) {
            lines.forEach(ledger::record);
        }
        try (Ledger ledger = open()) {
            assertThat(ledger.usage(EVERYTHING).total()).isEqualTo(BruteForce.sums(lines));
            assertThat(lines).allMatch(line -> ledger.decision(line.id()).isPresent());
        }
    }

    @Test
    void aDecisionSaysWhoseItIs() {
        try (Ledger ledger = open()) {
            Receipt receipt = new Lines(4).served(Lines.caller("acme", "search", "ada", "ci"), "large", NOW);
            recordAll(ledger, List.of(receipt));

            assertThat(ledger.decision(receipt.id()))
                    .contains(new Decision(
                            "acme",
                            Optional.of("search"),
                            "ci",
                            WholeReceipt.json(receipt),
                            receipt.providerCostNanoUsd()));
            assertThat(ledger.decision("req_unknown")).isEmpty();
        }
    }

    @Test
    void aModelNameThatNobodyWouldChooseIsStillRecorded() {
        try (Ledger ledger = open()) {
            String name = "a\u0000'\";\uD83D" + "x".repeat(100_000);
            Receipt receipt = new Lines(5).line(Lines.CALLERS.getFirst(), name, NOW, Ending.NEVER_SENT, Usage.NONE);
            recordAll(ledger, List.of(receipt));

            assertThat(ledger.decision(receipt.id()).orElseThrow().json())
                    .contains("\"model\":\"a\\u0000'\\\";\uFFFDxxx")
                    .hasSizeLessThan(3_000);
        }
    }

    @Test
    void theFileHasThePagesThatItsWriterAsksFor() throws Exception {
        open().close();
        try (Connection connection = new Database(file()).reader();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeQuery("PRAGMA page_size").getInt(1)).isEqualTo(4_096);
            assertThat(statement.executeQuery("PRAGMA journal_mode").getString(1))
                    .isEqualTo("wal");
        }
    }

    @Test
    void aLedgerOfANewerVersionIsRefused() throws Exception {
        open().close();
        try (Connection connection = new Database(file()).writer(Durability.DISK);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = " + (Schema.VERSION + 1));
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("version " + (Schema.VERSION + 1) + " (expected: at most " + Schema.VERSION);
    }

    @Test
    void aReceiptOfAFileThatHasThemInJsonIsReadAsItStandsThere() throws Exception {
        Receipt receipt = new Lines(7).served(Lines.caller("acme", "search", "ada", "ci"), "large", NOW);
        try (Ledger ledger = open()) {
            recordAll(ledger, List.of(receipt));
        }
        try (Connection connection = new Database(file()).writer(Durability.DISK);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE receipt SET json = '{\"older\":true}', rest = NULL");
        }
        try (Ledger ledger = open()) {
            assertThat(ledger.decision(receipt.id()).orElseThrow().json()).isEqualTo("{\"older\":true}");
        }
    }

    @Test
    void linesOfAVersionThatDidNotKnowWhatTheyCostUsCountNothing() throws Exception {
        try (Connection connection = new Database(file()).writer(Durability.DISK);
                Statement statement = connection.createStatement()) {
            Schema.prepare(connection, 10);
            statement.execute("INSERT INTO caller VALUES (7, 'acme', '', '', 'app', 'pro', '')");
            statement.execute("INSERT INTO terms VALUES (1, 'small', 'gpu', 'small@2026-11-20', 'sha256:00', '', '')");
            statement.execute("INSERT INTO receipt VALUES (1, 'req_old', " + NOW + ", '', x'3a290a01fafb')");
            statement.execute("INSERT INTO entry VALUES (" + NOW
                    + ", 1, 7, 1, 9, 'served', NULL, 1, 1, 50, 0, 60, 0, 'reported', 70, 0, 0)");
            statement.execute(
                    "INSERT INTO rollup VALUES (" + Span.quarterOf(NOW) + ", 7, 1, 1, 1, 0, 50, 0, 60, 0, 70, 0)");
        }
        List<Receipt> lines = new Lines(8).between(NOW, NOW + 1_000_000, 100);
        try (Ledger ledger = open()) {
            recordAll(ledger, lines);
            Sums old = new Sums(1, 1, 0, 0, 50, 0, 60, 0, 70, 0, 0);

            assertThat(ledger.usage(EVERYTHING).total())
                    .isEqualTo(BruteForce.sums(lines).plus(old));
            assertThat(ledger.decision("req_old").orElseThrow().providerCostNanoUsd())
                    .isZero();
            assertRollupEqualsEntries();
        }
    }

    @Test
    void aFileThatIsNoLedgerIsRefused() throws Exception {
        Files.writeString(file(), "not a database, but long enough to be taken for one ".repeat(100));
        assertThatThrownBy(this::open).isInstanceOf(LedgerException.class).hasMessageContaining("ledger.db");
    }

    @Test
    void aClosedLedgerRefuses() {
        Ledger ledger = open();
        ledger.close();
        CompletableFuture<Long> late = ledger.record(new Lines(6).at(NOW)).toCompletableFuture();
        assertThatThrownBy(late::join).isInstanceOf(CompletionException.class).hasMessageContaining("closed");
    }

    private SqliteLedger open() {
        return SqliteLedger.open(file(), Durability.DISK);
    }

    private Path file() {
        return folder.resolve("ledger.db");
    }

    private static void recordAll(Ledger ledger, List<Receipt> lines) {
        CompletableFuture.allOf(lines.stream()
                        .map(line -> ledger.record(line).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private static Receipt withIdOf(Receipt owner, Receipt other) {
        return new Receipt(
                owner.id(),
                other.atMicros(),
                other.durationMicros(),
                other.caller(),
                other.asked(),
                other.outcome(),
                other.reason(),
                other.served(),
                other.steps(),
                other.charge(),
                other.costNanoUsd(),
                other.credits(),
                other.providerCostNanoUsd(),
                other.refusedNanoUsd(),
                other.price(),
                other.configuration(),
                Optional.empty());
    }

    private void assertRollupEqualsEntries() throws SQLException {
        assertThat(FileCheck.rollup(file())).isEqualTo(FileCheck.entries(file()));
    }
}
