package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Grouping;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.sqlite.Lines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DayRetentionTest {
    private static final Duration KEPT = Duration.ofDays(30);
    private static final long DAY = 86_400_000_000L;

    @TempDir
    Path folder;

    private Postgres postgres;

    @BeforeEach
    void create() throws SQLException {
        postgres = Postgres.create();
    }

    /** The start of the day 30 days ago, which is the first that is kept. */
    private final long edge = micros(Instant.now().minus(KEPT).truncatedTo(ChronoUnit.DAYS));

    private static long micros(Instant moment) {
        return moment.getEpochSecond() * 1_000_000;
    }

    @Test
    void receiptsOfOldDaysAreGoneAndAllThatIsSummedStays() throws Exception {
        List<Receipt> old = new ArrayList<>(new Lines(1).between(edge - 3 * DAY, edge, 900));
        List<Receipt> fresh = new Lines(2).between(edge, edge + 2 * DAY, 300);
        ship("one", old);
        ship("two", fresh);
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");
        List<String> sums = sums();
        UsageQuery query = new UsageQuery(
                List.<Grouping>of(Dimension.TENANT, Dimension.MODEL, Dimension.DAY), edge - 3 * DAY + 7, edge + DAY);
        var usage = all.usage(query);
        long bytes = bytes();

        assertThat(empty()).isEqualTo(3);

        assertThat(sums()).isEqualTo(sums);
        assertThat(all.usage(query)).isEqualTo(usage);
        for (Receipt line : List.of(old.getFirst(), old.getLast())) {
            assertThat(all.decision(line.id()))
                    .hasValueSatisfying(decision -> assertThat(decision.json())
                            .contains(
                                    line.id(),
                                    "\"story\":\"not_kept\"",
                                    "\"steps\":[]",
                                    "\"tenant\":\"" + line.caller().tenant() + "\"",
                                    "\"cost_nano_usd\":" + line.costNanoUsd()));
        }
        for (Receipt line : fresh) {
            assertThat(all.decision(line.id()))
                    .hasValueSatisfying(decision -> assertThat(decision.json()).doesNotContain("not_kept"));
        }
        assertThat(bytes()).isLessThan(bytes / 2);
        assertThat(empty()).as("once").isZero();
    }

    @Test
    void aLineThatComesLateIsCountedOnceAndOneThatIsThereIsNotCountedAgain() throws Exception {
        List<Receipt> old = new Lines(3).between(edge - DAY, edge, 200);
        ship("one", old);
        assertThat(empty()).isOne();

        List<Receipt> late = new Lines(4).between(edge - DAY, edge, 50);
        List<Receipt> both = new ArrayList<>(old);
        both.addAll(late);
        ship("two", both);

        assertThat(postgres.rows("SELECT count(*), sum(cost_nano_usd) FROM entry"))
                .containsExactly(
                        "250 " + both.stream().mapToLong(Receipt::costNanoUsd).sum());
        assertThat(postgres.rows("SELECT sum(cost_nano_usd) FROM rollup"))
                .containsExactly(Long.toString(
                        both.stream().mapToLong(Receipt::costNanoUsd).sum()));
    }

    @Test
    void whileAnotherNodeIsAtItNothingIsDone() throws Exception {
        ship("one", new Lines(5).between(edge - DAY, edge, 20));
        try (Connection other = new Connector(postgres.settings(), Duration.ofSeconds(5)).connect();
                var statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + DayRetention.LOCK + ")");
            assertThat(empty()).isZero();
        }
        assertThat(empty()).isOne();
    }

    private int empty() throws Exception {
        try (DayRetention days = DayRetention.of(postgres.settings(), TestNode.QUICK)) {
            return days.empty(KEPT);
        }
    }

    private List<String> sums() throws Exception {
        List<String> sums = new ArrayList<>(postgres.rows("SELECT * FROM rollup ORDER BY 1, 2, 3, 4"));
        sums.addAll(postgres.rows("SELECT * FROM spared ORDER BY 1, 2, 3, 4"));
        sums.addAll(postgres.rows(
                "SELECT id, at_micros, node, line, caller, terms, outcome, input_tokens, output_tokens, cost_nano_usd, credits"
                        + " FROM entry ORDER BY id"));
        return sums;
    }

    private long bytes() throws Exception {
        return Long.parseLong(postgres.rows("SELECT sum(pg_table_size(oid)) FROM pg_class WHERE relname < '"
                        + Partitions.name(edge / DAY) + "' AND relname ~ '^entry_[0-9]{8}$'")
                .getFirst());
    }

    private void ship(String name, List<Receipt> lines) throws Exception {
        try (TestNode node = TestNode.start(Files.createDirectory(folder.resolve(name)), postgres.settings())) {
            node.record(lines);
            node.awaitShipped();
        }
    }
}
