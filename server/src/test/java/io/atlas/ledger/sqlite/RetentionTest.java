package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.Outbox;
import io.atlas.ledger.UsageQuery;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Receipts are kept for a time, their lines for ever. */
class RetentionTest {
    private static final long START = 1_794_960_000_000_000L;
    private static final long DAY = 86_400_000_000L;
    private static final long MIDDLE = START + DAY / 2;
    private static final int LINES = 1_000;
    private static final UsageQuery EVERYTHING = new UsageQuery(List.of(), 0, Long.MAX_VALUE);

    @TempDir
    Path folder;

    @Test
    void ofAnOldLineTheStoryGoesAndTheFiguresStay() throws Exception {
        List<Receipt> lines = lines(1);
        try (SqliteLedger ledger = recorded(lines);
                Retention retention = ledger.retention(Retention.Scope.ALL)) {
            emptyAll(retention, MIDDLE);

            for (Receipt line : lines) {
                JsonNode told = told(ledger, line);
                if (line.atMicros() >= MIDDLE) {
                    assertThat(told).isEqualTo(whole(line));
                } else {
                    assertFigures(told, line);
                }
            }
        }
    }

    @Test
    void whatLimitsUsageAndListsAreMadeOfStaysAsItWas() throws Exception {
        List<Receipt> lines = lines(2);
        try (SqliteLedger ledger = recorded(lines);
                Retention retention = ledger.retention(Retention.Scope.ALL)) {
            List<String> entries = FileCheck.entries(file());
            DecisionPage listed = ledger.decisions(newest());

            emptyAll(retention, START + 2 * DAY);

            assertThat(ledger.usage(EVERYTHING).total()).isEqualTo(BruteForce.sums(lines));
            assertThat(ledger.decisions(newest())).isEqualTo(listed);
            assertThat(FileCheck.entries(file())).isEqualTo(entries);
            assertThat(FileCheck.rollup(file())).isEqualTo(entries);
            assertThat(FileCheck.integrity(file())).containsExactly("ok");
        }
    }

    @Test
    void whereEveryReceiptIsGoneTheNextLineIsStillTheNextAndAnIdIsStillKnown() throws Exception {
        List<Receipt> lines = lines(3);
        try (SqliteLedger ledger = recorded(lines);
                Retention retention = ledger.retention(Retention.Scope.ALL)) {
            emptyAll(retention, START + 2 * DAY);
        }
        try (SqliteLedger ledger = recorded(List.of(lines.getFirst(), new Lines(99).at(START + DAY)))) {
            assertThat(ledger.lastLine()).isEqualTo(LINES + 2);
            assertThat(FileCheck.ids(file())).hasSize(LINES + 1);
        }
    }

    @Test
    void aStartGoesOnWhereTheLastOneEnded() {
        List<Receipt> lines = lines(4);
        try (SqliteLedger ledger = recorded(lines);
                Retention retention = ledger.retention(Retention.Scope.ALL)) {
            assertThat(retention.empty(MIDDLE)).isEqualTo(Retention.BATCH_LINES);
        }
        try (SqliteLedger ledger = SqliteLedger.open(file(), Durability.PROCESS);
                Retention retention = ledger.retention(Retention.Scope.ALL)) {
            long old = lines.stream().filter(line -> line.atMicros() < MIDDLE).count();
            assertThat(emptyAll(retention, MIDDLE)).isEqualTo(old - Retention.BATCH_LINES);
            assertThat(emptyAll(retention, MIDDLE)).isZero();
            assertThat(emptyAll(retention, START + 2 * DAY)).isEqualTo(LINES - old);
        }
    }

    @Test
    void whatOtherNodesCannotReadElsewhereYetKeepsItsReceipt() {
        List<Receipt> lines = lines(5);
        try (SqliteLedger ledger = recorded(lines);
                Retention retention = ledger.retention(Retention.Scope.SHIPPED);
                Outbox outbox = ledger.outbox(() -> "node")) {
            assertThat(emptyAll(retention, START + 2 * DAY)).isZero();

            outbox.noteShipped(300);

            assertThat(emptyAll(retention, START + 2 * DAY)).isEqualTo(300);
            assertThat(outbox.after(299, 2).getFirst().json()).contains("not_kept");
            assertThat(outbox.after(299, 2).getLast().json())
                    .isEqualTo(whole(lines.get(300)).toString());
        }
    }

    @Test
    void thePlaceOfOldReceiptsIsThatOfNewOnes() throws Exception {
        try (SqliteLedger ledger = recorded(lines(6));
                Retention retention = ledger.retention(Retention.Scope.ALL)) {
            long pages = number("page_count");
            for (int seed = 7; seed < 12; seed++) {
                emptyAll(retention, START + 2 * DAY);
                record(ledger, lines(seed));
            }
            assertThat(number("page_count")).isLessThan(2 * pages + pages / 2);
        }
    }

    private static void assertFigures(JsonNode told, Receipt line) {
        JsonNode whole = whole(line);
        assertThat(told.path("story").asString()).isEqualTo("not_kept");
        assertThat(told.path("steps").isEmpty()).isTrue();
        for (String field : List.of(
                "id",
                "at",
                "duration_us",
                "caller",
                "outcome",
                "reason",
                "served",
                "usage",
                "cost_nano_usd",
                "credits",
                "refused_cost_nano_usd",
                "price",
                "configuration")) {
            assertThat(told.path(field)).as(field).isEqualTo(whole.path(field));
        }
        if (line.served().isEmpty()) {
            assertThat(told.path("asked").path("model"))
                    .isEqualTo(whole.path("asked").path("model"));
        }
    }

    private static long emptyAll(Retention retention, long beforeMicros) {
        long all = 0;
        for (int some = retention.empty(beforeMicros); some > 0; some = retention.empty(beforeMicros)) {
            all += some;
        }
        return all;
    }

    private static List<Receipt> lines(long seed) {
        List<Receipt> lines = new ArrayList<>(new Lines(seed).between(START, START + DAY, LINES));
        ToLongFunction<Receipt> at = Receipt::atMicros;
        lines.sort(Comparator.comparingLong(at));
        return lines;
    }

    private SqliteLedger recorded(List<Receipt> lines) {
        SqliteLedger ledger = SqliteLedger.open(file(), Durability.PROCESS);
        record(ledger, lines);
        return ledger;
    }

    private static void record(Ledger ledger, List<Receipt> lines) {
        lines.forEach(line -> assertThat(ledger.record(line)).isNotNull());
        assertThat(ledger.decisions(newest()).rows()).isNotEmpty();
    }

    private static DecisionQuery newest() {
        return new DecisionQuery(
                Map.of(), Optional.empty(), Optional.empty(), 0, Long.MAX_VALUE, Optional.empty(), 1_000);
    }

    private static JsonNode told(Ledger ledger, Receipt line) {
        return JsonMapper.shared()
                .readTree(ledger.decision(line.id()).orElseThrow().json());
    }

    private static JsonNode whole(Receipt line) {
        return JsonMapper.shared().readTree(WholeReceipt.json(line));
    }

    private long number(String pragma) throws SQLException {
        try (Connection connection = new Database(file()).reader();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
            return row.getLong(1);
        }
    }

    private Path file() {
        return folder.resolve("ledger.db");
    }
}
