package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Grouping;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport;
import io.atlas.ledger.UsageReport.Row;
import io.atlas.ledger.UsageReport.Sums;
import io.atlas.ledger.sql.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    private static final long START = 1_794_960_000_000_000L;
    private static final long DAYS = 3 * 86_400_000_000L;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void sumsAreExactForAnyTimeAndAnyDimensions(long seed) {
        Random random = new Random(seed);
        List<Receipt> lines = new Lines(seed).between(START, START + DAYS, 1_000);
        try (Ledger ledger = open(lines)) {
            for (int i = 0; i < 30; i++) {
                UsageQuery query = query(random);
                UsageReport report = ledger.usage(query);
                Map<List<Optional<String>>, Sums> expected = BruteForce.usage(lines, query);
                assertThat(report.rows().stream().collect(Collectors.toMap(Row::group, Row::sums)))
                        .as("seed %d, %s", seed, query)
                        .isEqualTo(expected);
                assertThat(report.total())
                        .as("seed %d, %s", seed, query)
                        .isEqualTo(expected.values().stream().reduce(Sums.NONE, Sums::plus));
            }
        }
    }

    @Test
    void rowsStandInTheOrderOfTheirGroups() {
        List<Receipt> lines = new Lines(4).between(START, START + DAYS, 1_000);
        try (Ledger ledger = open(lines)) {
            List<Row> rows = ledger.usage(new UsageQuery(List.of(Dimension.TEAM, Dimension.DAY), START, START + DAYS))
                    .rows();
            assertThat(rows)
                    .hasSizeGreaterThan(6)
                    .isSortedAccordingTo(Comparator.comparing(row ->
                            row.group().stream().map(value -> value.orElse("")).collect(Collectors.joining(" "))));
        }
    }

    @Test
    void aTimeWithoutRequestsHasNoRowsAndNoSums() {
        try (Ledger ledger = open(new Lines(5).between(START, START + DAYS, 100))) {
            UsageReport report = ledger.usage(new UsageQuery(List.of(Dimension.TENANT), 0, START));
            assertThat(report.rows()).isEmpty();
            assertThat(report.total()).isEqualTo(Sums.NONE);
            assertThat(ledger.usage(new UsageQuery(List.of(), START + DAYS, START))
                            .total())
                    .isEqualTo(Sums.NONE);
        }
    }

    @Test
    void theTotalCountsTheRowsThatAReportHasNoRoomFor() {
        List<Receipt> lines = new ArrayList<>();
        Lines some = new Lines(6);
        for (int i = 0; i < UsageReport.MAX_ROWS + 5; i++) {
            lines.add(some.served(Lines.caller("acme", "", "", "key-" + i), "small", START));
        }
        try (Ledger ledger = open(lines)) {
            UsageReport report = ledger.usage(new UsageQuery(List.of(Dimension.KEY), START, START + 1));
            assertThat(report.rows()).hasSize(UsageReport.MAX_ROWS);
            assertThat(report.total()).isEqualTo(BruteForce.sums(lines));
        }
    }

    /** Half of the bounds lie on a quarter of an hour. */
    private static UsageQuery query(Random random) {
        List<Grouping> by = new ArrayList<>(List.of(Dimension.values()));
        by.addAll(List.of(new Grouping.OfTag("feature"), new Grouping.OfTag("env"), new Grouping.OfTag("eature")));
        Collections.shuffle(by, random);
        long from = bound(random, START - DAYS / 3, START + DAYS);
        return new UsageQuery(
                by.subList(0, random.nextInt(by.size())),
                from,
                bound(random, from, from + 1 + DAYS / (1 << random.nextInt(12))));
    }

    private static long bound(Random random, long from, long to) {
        long micros = random.nextLong(from, to);
        return random.nextBoolean() ? micros : Span.quarterOf(micros);
    }

    private Ledger open(List<Receipt> lines) {
        try (Ledger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            lines.forEach(ledger::record);
        }
        return SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
    }
}
