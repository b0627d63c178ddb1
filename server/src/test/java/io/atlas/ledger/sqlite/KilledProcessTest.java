package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.ledger.ChildJvm;
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
        return ChildJvm.idsUntilKilled(process, 3_000);
    }
}
