package io.atlas.ledger.open;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that has requests open, says so, and waits to be killed. */
final class ClaimingProcess {
    private ClaimingProcess() {}

    public static void main(String[] arguments) throws IOException {
        OpenTable table = OpenTable.open(Path.of(arguments[0]), 8);
        OpenSlot _ = table.claim(OpenTableTest.request(1)).orElseThrow();
        table.claim(OpenTableTest.request(2)).orElseThrow().sent();
        OpenSlot third = table.claim(OpenTableTest.request(3)).orElseThrow();
        third.sent();
        third.checkpoint(1_003, 77);
        table.claim(OpenTableTest.request(4)).orElseThrow().clear();
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII).println("ready");
        if (System.in.read() < 0) {
            table.close();
        }
    }
}
