package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.ledger.ChildJvm;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KilledProcessTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void nothingThatWasAcknowledgedIsMissing(Durability durability) throws Exception {
        Path file = folder.resolve("ledger.db");
        Set<String> acknowledged = new HashSet<>();
        for (int life = 1; life <= 2; life++) {
            acknowledged.addAll(recordUntilKilled(file, durability, life));
            SqliteLedger.open(file, durability).close();

            assertThat(new HashSet<>(FileCheck.ids(file))).containsAll(acknowledged);
            assertThat(FileCheck.rollup(file)).isEqualTo(FileCheck.entries(file));
            assertThat(FileCheck.integrity(file)).containsExactly("ok");
        }
    }

    private static Set<String> recordUntilKilled(Path file, Durability durability, int life) throws Exception {
        Process process = ChildJvm.start(RecordingProcess.class, file.toString(), durability.name(), "" + life);
        Set<String> ids = new HashSet<>();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            while (line != null) {
                if (line.length() == "req_".length() + 32) {
                    ids.add(line);
                }
                if (ids.size() == 3_000) {
                    process.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        }
        process.waitFor();
        assertThat(ids).hasSizeGreaterThanOrEqualTo(3_000);
        return ids;
    }
}
