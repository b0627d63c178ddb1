package io.atlas.ledger.postgresql;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.sqlite.Lines;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A node that records and ships until it is killed, and prints the id of each line that is on its disk. */
final class ShippingProcess {
    private static final long NOON = 1_795_003_200_000_000L;
    private static final int AT_ONCE = 50;

    /** So that most of what is recorded is shipped, and some is on its way, whenever it is killed. */
    private static final int MAX_LAG = 500;

    private ShippingProcess() {}

    public static void main(String[] arguments) {
        LedgerDatabase database =
                new LedgerDatabase(arguments[1], Optional.of("postgres"), Optional.empty(), Optional.empty());
        TestNode node = TestNode.start(Path.of(arguments[0]), database);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        Lines lines = new Lines(Long.parseLong(arguments[2]));
        while (true) {
            List<Receipt> some = lines.between(NOON, NOON + 1_000_000, AT_ONCE);
            while (node.lag() > MAX_LAG) {
                LockSupport.parkNanos(1_000_000);
            }
            node.record(some);
            some.forEach(line -> out.println(line.id()));
        }
    }
}
