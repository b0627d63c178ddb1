package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.ledger.ChildJvm;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport.Sums;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledNodeTest {
    private static final UsageQuery EVERYTHING = new UsageQuery(List.of(), 0, Long.MAX_VALUE);

    @TempDir
    Path folder;

    @Test
    void whatIsOnTheDiskOfANodeThatIsKilledIsShippedOnce() throws Exception {
        Postgres postgres = Postgres.create();
        Set<String> acknowledged = new HashSet<>();
        for (int life = 1; life <= 3; life++) {
            acknowledged.addAll(recordUntilKilled(postgres, life));
        }
        Sums sums;
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.awaitShipped();
            sums = node.ledger().usage(EVERYTHING).total();
        }
        assertThat(new HashSet<>(postgres.ids())).containsAll(acknowledged);
        assertThat(postgres.rows("SELECT SUM(requests), SUM(refused), SUM(cost_nano_usd) FROM rollup"))
                .containsExactly(sums.requests() + " " + sums.refused() + " " + sums.costNanoUsd());
        assertThat(postgres.rollup()).isEqualTo(postgres.sumsOfEntries());
        assertThat(postgres.rows("SELECT COUNT(*) FROM node")).containsExactly("1");
    }

    private Set<String> recordUntilKilled(Postgres postgres, int life) throws Exception {
        Process process = ChildJvm.start(
                ShippingProcess.class, folder.toString(), postgres.settings().url(), "" + life);
        return ChildJvm.idsUntilKilled(process, 1_500);
    }
}
