package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.quota.Place;
import io.atlas.keys.KeyRecord;
import io.atlas.keys.KeyStore;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.UsageQuery;
import io.atlas.secret.Digest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SqliteKeyStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.000123Z");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void whatIsWrittenIsThereAtTheNextStart(Durability durability) {
        KeyRecord plain = key("a", Optional.empty());
        KeyRecord full = new KeyRecord(
                "b",
                new Place.OfKey("acme", Optional.of("search"), "ci"),
                Optional.of("ada"),
                Digest.of("b"),
                NOW,
                Optional.of(NOW.plusSeconds(1)),
                Optional.of(NOW.plusSeconds(2)),
                Optional.of("c"));
        try (SqliteLedger ledger = open(durability)) {
            ledger.keys()
                    .write(List.of(plain, full), List.of())
                    .toCompletableFuture()
                    .join();
        }
        try (SqliteLedger ledger = open(durability)) {
            assertThat(ledger.keys().load()).containsExactly(plain, full);
        }
    }

    @Test
    void aRecordTakesThePlaceOfThatOfItsIdAndForgottenOnesAreGone() {
        try (SqliteLedger ledger = open(Durability.DISK)) {
            KeyStore keys = ledger.keys();
            keys.write(List.of(key("a", Optional.empty()), key("b", Optional.empty())), List.of())
                    .toCompletableFuture()
                    .join();
            keys.write(List.of(key("a", Optional.of(NOW))), List.of("b"))
                    .toCompletableFuture()
                    .join();
            assertThat(keys.load()).containsExactly(key("a", Optional.of(NOW)));
        }
    }

    @Test
    void aChangeThatCannotBeMadeWholeIsNotMadeAtAllAndTheNextOneIs() {
        try (SqliteLedger ledger = open(Durability.DISK)) {
            KeyStore keys = ledger.keys();
            KeyRecord twin = new KeyRecord(
                    "twin",
                    new Place.OfKey("acme", Optional.empty(), "twin"),
                    Optional.empty(),
                    Digest.of("a"),
                    NOW,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            assertThat(keys.write(List.of(key("a", Optional.empty()), twin), List.of())
                            .toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(LedgerException.class);
            assertThat(keys.load()).isEmpty();
            keys.write(List.of(twin), List.of()).toCompletableFuture().join();
            assertThat(keys.load()).containsExactly(twin);
        }
    }

    @Test
    void linesAndChangesThatComeTogetherAreAllWritten() {
        try (SqliteLedger ledger = open(Durability.DISK)) {
            Lines lines = new Lines(1);
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                all.add(ledger.record(lines.at(1_795_000_000_000_000L)).toCompletableFuture());
                all.add(ledger.keys()
                        .write(List.of(key("k" + i, Optional.empty())), List.of())
                        .toCompletableFuture());
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
            assertThat(ledger.keys().load()).hasSize(300);
            var total =
                    ledger.usage(new UsageQuery(List.of(), 0, Long.MAX_VALUE)).total();
            assertThat(total.requests() + total.refused() + total.replayed()).isEqualTo(300);
        }
    }

    @Test
    void aFileOfTheVersionBeforeGetsTheTableAndKeepsItsLines() throws Exception {
        try (Connection connection = new Database(file()).writer(Durability.DISK)) {
            Schema.prepare(connection, 2);
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO caller VALUES (1, 'acme', '', '', 'ci', 'pro', '')");
                statement.execute("INSERT INTO terms VALUES (1, 'large', 'gpu-a', 'large@1', 'sha256:00')");
                statement.execute("INSERT INTO receipt VALUES (1, 'req_1', 1795000000000000, '{}')");
                statement.execute(
                        "INSERT INTO entry VALUES (1795000000000000, 1, 1, 1, 9, 'served', NULL, 1, 1, 3, 0, 4, 0,"
                                + " 'reported', 5, 0)");
            }
        }
        try (SqliteLedger ledger = open(Durability.DISK)) {
            assertThat(ledger.keys().load()).isEmpty();
            ledger.keys()
                    .write(List.of(key("a", Optional.empty())), List.of())
                    .toCompletableFuture()
                    .join();
            assertThat(ledger.decision("req_1")).isPresent();
        }
    }

    private static KeyRecord key(String id, Optional<Instant> revoked) {
        return new KeyRecord(
                id,
                new Place.OfKey("acme", Optional.empty(), id),
                Optional.empty(),
                Digest.of(id),
                NOW,
                Optional.empty(),
                revoked,
                Optional.empty());
    }

    private SqliteLedger open(Durability durability) {
        return SqliteLedger.open(file(), durability);
    }

    private Path file() {
        return folder.resolve("ledger.db");
    }
}
