package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.config.Durability;
import io.atlas.fault.FaultProxy;
import io.atlas.kernel.quota.Place;
import io.atlas.keys.KeyRecord;
import io.atlas.keys.KeyStore;
import io.atlas.keys.KeyStore.Written;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.secret.Digest;
import io.atlas.time.TimeSource;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of two nodes in one database, with a copy on the disk of each. */
class SharedKeysTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @TempDir
    Path folder;

    private Postgres postgres;
    private SqliteLedger one;
    private SqliteLedger two;

    @BeforeEach
    void open() throws Exception {
        postgres = Postgres.create();
        one = SqliteLedger.open(folder.resolve("one.db"), Durability.PROCESS);
        two = SqliteLedger.open(folder.resolve("two.db"), Durability.PROCESS);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void whatOneNodeWritesTheOtherLoadsAndKeepsOnItsDisk() {
        SharedKeys first = shared(one, postgres.settings());
        SharedKeys second = shared(two, postgres.settings());
        first.load();
        assertThat(written(first, List.of(key("a"), key("b")))).isEqualTo(Written.DONE);

        assertThat(second.load()).containsExactly(key("a"), key("b"));
        assertThat(one.keys().load()).containsExactly(key("a"), key("b"));
        assertThat(two.keys().load()).containsExactly(key("a"), key("b"));
    }

    @Test
    void whoHasNotSeenTheLastChangeWritesNothing() {
        SharedKeys first = shared(one, postgres.settings());
        SharedKeys second = shared(two, postgres.settings());
        first.load();
        second.load();
        written(first, List.of(key("a")));

        assertThat(written(second, List.of(key("b")))).isEqualTo(Written.OUTDATED);
        assertThat(second.load()).containsExactly(key("a"));
        assertThat(written(second, List.of(key("b")))).isEqualTo(Written.DONE);
        assertThat(written(first, List.of(key("c")))).isEqualTo(Written.OUTDATED);
    }

    @Test
    void ofManyAtOnceEachIsWrittenOnceAndNoneIsLost() throws Exception {
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int node = 0; node < 2; node++) {
                SharedKeys keys = shared(node == 0 ? one : two, postgres.settings());
                String name = "n" + node;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        do {
                            keys.load();
                        } while (written(keys, List.of(key(name + "-" + i))) == Written.OUTDATED);
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(shared(one, postgres.settings()).load()).hasSize(40);
        assertThat(postgres.rows("SELECT revision FROM issued_key_revision")).containsExactly("40");
    }

    @Test
    void keysThatANodeHadForItselfAreHandedInButNotThoseThatHaveEnded() {
        KeyRecord revoked = ended(key("revoked"));
        own(one, List.of(key("a"), revoked));
        own(two, List.of(key("b")));

        shared(one, postgres.settings()).load();
        assertThat(shared(two, postgres.settings()).load()).containsExactly(key("a"), key("b"));
        assertThat(shared(one, postgres.settings()).load()).containsExactly(key("a"), key("b"));
        assertThat(one.keys().load()).containsExactly(key("a"), key("b"));
    }

    @Test
    void aDatabaseRestoredFromABackupLearnsAgainWhatWasRevokedAndIssuedSince() throws Exception {
        SharedKeys first = shared(one, postgres.settings());
        first.load();
        written(first, List.of(key("a"), key("b")));
        postgres.execute("CREATE TABLE backup AS SELECT * FROM issued_key");
        written(first, List.of(ended(key("a")), key("c")));

        postgres.execute("TRUNCATE issued_key");
        postgres.execute("INSERT INTO issued_key SELECT * FROM backup");
        postgres.execute("UPDATE issued_key_revision SET revision = 1");

        assertThat(shared(one, postgres.settings()).load()).containsExactly(ended(key("a")), key("b"), key("c"));
        assertThat(shared(two, postgres.settings()).load()).containsExactly(ended(key("a")), key("b"), key("c"));
    }

    @Test
    void aForgottenKeyStaysForgottenOnEveryNode() {
        SharedKeys first = shared(one, postgres.settings());
        SharedKeys second = shared(two, postgres.settings());
        first.load();
        written(first, List.of(ended(key("old")), key("a")));
        second.load();
        first.write(List.of(key("b")), List.of("old")).toCompletableFuture().join();

        assertThat(second.load()).containsExactly(key("a"), key("b"));
        assertThat(first.load()).containsExactly(key("a"), key("b"));
        assertThat(two.keys().load()).containsExactly(key("a"), key("b"));
    }

    @Test
    void withoutTheDatabaseTheCopyServesAndNothingIsWritten() {
        FaultProxy proxy = FaultProxy.to(postgres.address());
        SharedKeys keys = shared(one, postgres.settingsAt(proxy.port()));
        keys.load();
        written(keys, List.of(key("a")));
        proxy.refuse();

        assertThat(keys.load()).containsExactly(key("a"));
        assertThat(keys.write(List.of(key("b")), List.of()).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(one.keys().load()).containsExactly(key("a"));
    }

    private static SharedKeys shared(SqliteLedger disk, LedgerDatabase database) {
        TimeSource noon = new TimeSource() {
            @Override
            public long epochMicros() {
                return NOW.toEpochMilli() * 1_000;
            }

            @Override
            public long nanos() {
                return 0;
            }
        };
        return SharedKeys.of(database, disk.keys(), noon);
    }

    private static Written written(KeyStore keys, List<KeyRecord> records) {
        return keys.write(records, List.of()).toCompletableFuture().join();
    }

    private static void own(SqliteLedger disk, List<KeyRecord> keys) {
        written(disk.keys(), keys);
    }

    private static KeyRecord key(String id) {
        return record(id, Optional.empty());
    }

    private static KeyRecord ended(KeyRecord key) {
        return record(key.id(), Optional.of(NOW.minusSeconds(1)));
    }

    private static KeyRecord record(String id, Optional<Instant> revoked) {
        return new KeyRecord(
                id,
                new Place.OfKey("acme", Optional.empty(), id),
                Optional.empty(),
                Digest.of(id),
                NOW.minusSeconds(60),
                Optional.empty(),
                revoked,
                Optional.empty());
    }
}
