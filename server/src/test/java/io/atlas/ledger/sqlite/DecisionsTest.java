package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.DecisionQuery.Mark;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.sql.DecisionPages;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions in short: those that were asked for, each once, the newest first. */
class DecisionsTest {
    private static final long START = 1_794_960_000_000_000L;
    private static final long DAY = 86_400_000_000L;
    private static final List<Map<Dimension, String>> WHERE = List.of(
            Map.of(),
            Map.of(Dimension.TENANT, "acme"),
            Map.of(Dimension.TENANT, "acme", Dimension.TEAM, "search"),
            Map.of(Dimension.KEY, "ci"),
            Map.of(Dimension.USER, "ada", Dimension.MODEL, "large"),
            Map.of(Dimension.END_USER, "one"),
            Map.of(Dimension.BACKEND, "gpu-1"),
            Map.of(Dimension.TIER, "free"),
            Map.of(Dimension.TENANT, "nobody"));

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void thePagesOfAQuestionAreWhatItAsksForOnceAndTheNewestFirst(long seed) {
        Random random = new Random(seed);
        List<Receipt> lines = new Lines(seed).between(START, START + DAY, 500);
        // Some of the same microsecond, so that a page ends between them.
        for (int i = 0; i < 100; i++) {
            lines.add(new Lines(seed * 1_000 + i).at(START + DAY / 2));
        }
        try (Ledger ledger = open(lines)) {
            for (int i = 0; i < 60; i++) {
                DecisionQuery query = query(random);
                assertThat(pages(ledger, query)).as("seed %d, %s", seed, query).isEqualTo(expected(lines, query));
            }
        }
    }

    @Test
    void aRowSaysWhatTheReceiptSays() {
        Receipt receipt = new Lines(5).at(START);
        try (Ledger ledger = open(List.of(receipt))) {
            DecisionPage page = ledger.decisions(new DecisionQuery(
                    Map.of(), Optional.empty(), Optional.empty(), START, START + 1, Optional.empty(), 10));

            assertThat(page)
                    .isEqualTo(new DecisionPage(
                            List.of(new DecisionPage.Row(
                                    receipt.id(),
                                    receipt.atMicros(),
                                    receipt.durationMicros(),
                                    receipt.caller(),
                                    Optional.of(receipt.asked().model()),
                                    receipt.served().map(Served::backend),
                                    receipt.outcome().word(),
                                    receipt.reason().map(Reason::code),
                                    receipt.charge().usage().inputTokens(),
                                    receipt.charge().usage().outputTokens(),
                                    receipt.costNanoUsd(),
                                    receipt.refusedNanoUsd())),
                            Optional.empty()));
        }
    }

    @Test
    void refusalsAreFoundWithoutReadingWhatWasServed() throws Exception {
        open(List.of()).close();
        StringBuilder plan = new StringBuilder();
        String sql = DecisionPages.sql(
                DecisionPages.Tables.OF_ONE_NODE, query(Map.of(), Optional.of(Outcome.REFUSED), Optional.empty()));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            while (rows.next()) {
                plan.append(rows.getString("detail")).append('\n');
            }
        }
        assertThat(plan).contains("entry_not_served").doesNotContain("TEMP B-TREE");
    }

    private List<String> pages(Ledger ledger, DecisionQuery query) {
        List<String> ids = new ArrayList<>();
        Optional<Mark> before = Optional.empty();
        do {
            DecisionPage page = ledger.decisions(new DecisionQuery(
                    query.where(),
                    query.outcome(),
                    query.reason(),
                    query.fromMicros(),
                    query.toMicros(),
                    before,
                    query.most()));
            page.rows().forEach(row -> ids.add(row.id()));
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(query.most());
            before = page.next();
        } while (before.isPresent());
        return ids;
    }

    private static List<String> expected(List<Receipt> lines, DecisionQuery query) {
        return lines.reversed().stream()
                .sorted(Comparator.comparingLong(Receipt::atMicros).reversed())
                .filter(line -> line.atMicros() >= query.fromMicros() && line.atMicros() < query.toMicros())
                .filter(line -> query.outcome().isEmpty() || query.outcome().equals(Optional.of(line.outcome())))
                .filter(line -> query.reason().isEmpty() || query.reason().equals(line.reason()))
                .filter(line -> query.where().entrySet().stream()
                        .allMatch(name -> name.getValue().equals(named(line, name.getKey()))))
                .map(Receipt::id)
                .toList();
    }

    private static String named(Receipt line, Dimension dimension) {
        return switch (dimension) {
            case TENANT -> line.caller().tenant();
            case TEAM -> line.caller().team().orElse("");
            case USER -> line.caller().user().orElse("");
            case KEY -> line.caller().key();
            case END_USER -> line.caller().endUser().orElse("");
            case TIER -> line.caller().tier();
            case MODEL -> line.asked().model();
            case BACKEND -> line.served().map(Served::backend).orElse("");
            case PRICE -> line.price();
            case DAY, HOUR -> "";
        };
    }

    private static DecisionQuery query(Random random) {
        List<Outcome> outcomes = List.of(Outcome.values());
        Optional<Outcome> outcome =
                random.nextBoolean() ? Optional.empty() : Optional.of(outcomes.get(random.nextInt(outcomes.size())));
        Optional<Reason> reason = random.nextInt(4) > 0 ? Optional.empty() : Optional.of(Reason.RATE_LIMIT_EXCEEDED);
        DecisionQuery all = query(WHERE.get(random.nextInt(WHERE.size())), outcome, reason);
        long from = START + random.nextLong(DAY / 2);
        return new DecisionQuery(
                all.where(),
                outcome,
                reason,
                random.nextBoolean() ? START : from,
                random.nextBoolean() ? START + DAY : from + DAY / 4,
                Optional.empty(),
                1 + random.nextInt(100));
    }

    private static DecisionQuery query(
            Map<Dimension, String> where, Optional<Outcome> outcome, Optional<Reason> reason) {
        return new DecisionQuery(where, outcome, reason, START, START + DAY, Optional.empty(), 100);
    }

    private Ledger open(List<Receipt> lines) {
        Ledger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
        lines.forEach(line -> ledger.record(line).toCompletableFuture().join());
        return ledger;
    }
}
