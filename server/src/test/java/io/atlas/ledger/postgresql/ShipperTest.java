package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.sqlite.Lines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {
    /** Noon of 2026-11-18 in UTC. */
    private static final long NOON = 1_795_003_200_000_000L;

    private static final long DAY = 86_400_000_000L;

    @TempDir
    Path folder;

    private Postgres postgres;

    @BeforeEach
    void createDatabase() throws Exception {
        postgres = Postgres.create();
    }

    @Test
    void everyLineIsShippedOnceWithItsSums() throws Exception {
        List<Receipt> lines = new Lines(1).between(NOON, NOON + DAY, 1_000);
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(lines);
            node.awaitShipped();
        }
        assertHolds(lines);
    }

    @Test
    void whatIsWrittenBeforeAStopIsShippedByIt() throws Exception {
        List<Receipt> lines = new Lines(2).between(NOON, NOON + DAY, 1_000);
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(lines);
        }
        assertHolds(lines);
    }

    @Test
    void aRestartGoesOnWhereItStopped() throws Exception {
        List<Receipt> all = new ArrayList<>();
        for (int life = 0; life < 3; life++) {
            List<Receipt> lines = new Lines(life).between(NOON, NOON + DAY, 250);
            try (TestNode node = TestNode.start(folder, postgres.settings())) {
                node.record(lines);
            }
            all.addAll(lines);
        }
        assertHolds(all);
        assertThat(postgres.rows("SELECT COUNT(*) FROM node")).containsExactly("1");
    }

    @Test
    void everyDayOfUtcHasAPartition() throws Exception {
        Lines some = new Lines(3);
        long midnight = NOON + DAY / 2;
        List<Receipt> lines =
                List.of(some.at(NOON), some.at(midnight - 1), some.at(midnight), some.at(NOON - 400 * DAY), some.at(0));
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(lines);
            node.awaitShipped();
        }
        assertThat(postgres.rows("SELECT tableoid::regclass, COUNT(*) FROM entry GROUP BY 1 ORDER BY MIN(at_micros)"))
                .containsExactly("entry_19700101 1", "entry_20251014 1", "entry_20261118 2", "entry_20261119 1");
    }

    @Test
    void aDayThatWasDetachedIsAttachedAgainForALineOfIt() throws Exception {
        Lines some = new Lines(4);
        List<Receipt> lines = List.of(some.at(NOON), some.at(NOON + 1));
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(lines.subList(0, 1));
        }
        postgres.execute("ALTER TABLE entry DETACH PARTITION entry_20261118");
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(lines.subList(1, 2));
            node.awaitShipped();
        }
        assertHolds(lines);
    }

    @Test
    void twoNodesShipIntoOneDatabase() throws Exception {
        Path second = Files.createDirectory(folder.resolve("second"));
        List<Receipt> all = new ArrayList<>();
        try (TestNode one = TestNode.start(folder, postgres.settings());
                TestNode two = TestNode.start(second, postgres.settings())) {
            for (int round = 0; round < 5; round++) {
                List<Receipt> ofOne = new Lines(10 + round).between(NOON - 5 * DAY, NOON, 500);
                List<Receipt> ofTwo = new Lines(20 + round).between(NOON - 5 * DAY, NOON, 500);
                one.record(ofOne);
                two.record(ofTwo);
                all.addAll(ofOne);
                all.addAll(ofTwo);
            }
            one.awaitShipped();
            two.awaitShipped();
        }
        assertHolds(all);
        assertThat(postgres.rows("SELECT node, COUNT(*) FROM entry GROUP BY 1 ORDER BY 1"))
                .hasSize(2)
                .allMatch(row -> row.endsWith(" 2500"));
    }

    @Test
    void linesOfAVersionThatDidNotKnowWhatTheyCostUsCountNothing() throws Exception {
        postgres.migrate("7");
        postgres.execute("INSERT INTO rollup VALUES (0, 1, 1, 9, 5, 5, 0, 50, 0, 60, 0, 70, 0)");
        List<Receipt> lines = new Lines(6).between(NOON, NOON + DAY, 100);
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(lines);
            node.awaitShipped();
        }
        assertThat(postgres.rows("SELECT provider_cost_nano_usd FROM rollup WHERE node = 9"))
                .containsExactly("0");
        assertThat(postgres.rows("SELECT SUM(provider_cost_nano_usd) FROM usage_by_day"))
                .isEqualTo(postgres.rows("SELECT SUM(provider_cost_nano_usd) FROM line"))
                .containsExactly(Long.toString(
                        lines.stream().mapToLong(Receipt::providerCostNanoUsd).sum()));
    }

    @Test
    void aModelNameThatNobodyWouldChooseIsShipped() throws Exception {
        String name = "a\u0000\\u0000\t\n\r\\N'\";\uD83D";
        Receipt line = new Lines(5).line(Lines.CALLERS.getFirst(), name, NOON, Ending.NEVER_SENT, Usage.NONE);
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.record(List.of(line));
            node.awaitShipped();
        }
        assertThat(postgres.rows("SELECT model FROM line")).containsExactly("a\uFFFD\\u0000\t\n\r\\N'\";\uFFFD");
        assertThat(postgres.rows("SELECT receipt -> 'asked' ->> 'model' FROM line"))
                .isEqualTo(postgres.rows("SELECT model FROM line"));
    }

    private void assertHolds(List<Receipt> lines) throws Exception {
        assertThat(postgres.ids())
                .containsExactlyElementsOf(
                        lines.stream().map(Receipt::id).sorted().toList());
        assertThat(postgres.rollup()).isNotEmpty().isEqualTo(postgres.sumsOfEntries());
    }
}
