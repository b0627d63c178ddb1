package io.atlas.ledger.sqlite;

import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.Ledger;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** A process that records until it is killed, and prints the id of each line that it was told is written. */
final class RecordingProcess {
    private static final int OPEN_AT_ONCE = 1_000;
    private static final long NOW = 1_795_000_000_000_000L;

    private RecordingProcess() {}

    public static void main(String[] arguments) {
        Ledger ledger = SqliteLedger.open(Path.of(arguments[0]), Durability.valueOf(arguments[1]));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        for (int thread = 0; thread < 4; thread++) {
            Lines lines = new Lines(Long.parseLong(arguments[2]) * 4 + thread);
            new Thread(() -> recordForEver(ledger, lines, out)).start();
        }
    }

    private static void recordForEver(Ledger ledger, Lines lines, PrintStream out) {
        Semaphore open = new Semaphore(OPEN_AT_ONCE);
        while (true) {
            open.acquireUninterruptibly();
            Receipt line = lines.at(NOW);
            ledger.record(line).thenRun(() -> {
                out.println(line.id());
                open.release();
            });
        }
    }
}
