package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.Entry;
import io.atlas.ledger.Outbox;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of version 14, whose lines have whole receipts, with new lines behind the old ones. */
class OlderLinesTest {
    private static final long START = 1_794_960_000_000_000L;
    private static final long DAY = 86_400_000_000L;
    private static final int LINES = 300;

    private final List<Receipt> lines = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void writeBoth() throws SQLException {
        List<Receipt> older = new Lines(1).between(START, START + DAY, LINES);
        record(older);
        makeOlder(older);
        List<Receipt> newer = new Lines(2).between(START + DAY, START + 2 * DAY, LINES);
        record(newer);
        lines.addAll(older);
        lines.addAll(newer);
    }

    @Test
    void eachIsReadAndCarriedOnAsItWas() {
        try (SqliteLedger ledger = open();
                Outbox outbox = ledger.outbox(() -> "node")) {
            List<String> whole = lines.stream().map(WholeReceipt::json).toList();

            assertThat(lines)
                    .extracting(line -> ledger.decision(line.id()).orElseThrow().json())
                    .isEqualTo(whole);
            assertThat(outbox.after(0, 2 * LINES)).extracting(Entry::json).isEqualTo(whole);
        }
    }

    @Test
    void eachIsEmptiedInItsTurnAndAStartGoesOnBehindTheLastOne() {
        for (int emptied = 0; emptied < 2 * LINES; emptied += Retention.BATCH_LINES) {
            try (SqliteLedger ledger = open();
                    Retention retention = ledger.retention(Retention.Scope.ALL)) {
                assertThat(retention.empty(START + 2 * DAY))
                        .isEqualTo(Math.min(Retention.BATCH_LINES, 2 * LINES - emptied));
            }
        }
        try (SqliteLedger ledger = open()) {
            assertThat(lines)
                    .extracting(line -> ledger.decision(line.id()).orElseThrow().json())
                    .allSatisfy(json -> assertThat(json).contains("not_kept"));
        }
    }

    private void record(List<Receipt> receipts) {
        try (SqliteLedger ledger = open()) {
            receipts.forEach(receipt -> assertThat(ledger.record(receipt)).isNotNull());
        }
    }

    /** The file as version 14 would have written it. */
    private void makeOlder(List<Receipt> receipts) throws SQLException {
        try (Connection connection = new Database(file()).writer(Durability.PROCESS);
                Statement statement = connection.createStatement();
                PreparedStatement whole = connection.prepareStatement("UPDATE receipt SET smile = ? WHERE id = ?")) {
            statement.execute("ALTER TABLE receipt DROP COLUMN rest");
            statement.execute("PRAGMA user_version = 14");
            for (Receipt receipt : receipts) {
                whole.setBytes(1, WholeReceipt.smile(receipt));
                whole.setString(2, receipt.id());
                whole.executeUpdate();
            }
        }
    }

    private SqliteLedger open() {
        return SqliteLedger.open(file(), Durability.PROCESS);
    }

    private Path file() {
        return folder.resolve("ledger.db");
    }
}
