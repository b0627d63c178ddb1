package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.config.Durability;
import io.atlas.endings.Await;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.sqlite.SqliteLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A node: a ledger on the disk, and its way to the database. */
final class TestNode implements AutoCloseable {
    /** For a database on this machine, and tests that do not want to wait. */
    static final Pace QUICK = new Pace(
            100,
            Duration.ofMillis(5),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final SqliteLedger ledger;
    private final Shipper shipper;

    private TestNode(SqliteLedger ledger, Shipper shipper) {
        this.ledger = ledger;
        this.shipper = shipper;
    }

    static TestNode start(Path folder, LedgerDatabase database) {
        return start(folder, database, QUICK);
    }

    static TestNode start(Path folder, LedgerDatabase database, Pace pace) {
        SqliteLedger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
        Shipper shipper = Shipper.start(database, ledger.outbox(() -> "node-" + NAMES.incrementAndGet()), pace);
        return new TestNode(ledger, shipper);
    }

    SqliteLedger ledger() {
        return ledger;
    }

    /** Writes the lines to the disk. */
    void record(List<Receipt> lines) {
        CompletableFuture.allOf(lines.stream()
                        .map(line -> ledger.record(line).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    long lag() {
        return shipper.lag();
    }

    /** Waits until everything is in the database. */
    void awaitShipped() throws Exception {
        Await.until("all lines shipped", () -> shipper.lag() == 0);
    }

    @Override
    public void close() {
        shipper.close();
        ledger.close();
    }
}
