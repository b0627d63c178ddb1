package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.atlas.config.Durability;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.Posting;
import io.atlas.ledger.Seen;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport.Row;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger knows of end users. */
class SightingsTest {
    private static final long DAY = 86_400_000_000L;
    private static final long NOW = 20_000 * DAY + DAY / 2;
    private static final Caller APP = Lines.caller("acme", "search", "", "app");
    private static final Place.OfKey KEY = new Place.OfKey("acme", Optional.of("search"), "app");
    private static final int MANY = 20_000;
    private static final Duration TIME_FOR_MANY = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final Lines lines = new Lines(1);

    @Test
    void whoHasALineSinceThenIsKnownInTheOrderInWhichTheyWereSeen() {
        try (Ledger ledger = open()) {
            record(ledger, APP.behind("late", "free"), NOW - DAY);
            record(ledger, APP.behind("early", "free"), NOW - 3 * DAY);
            record(ledger, APP.behind("late", "free"), NOW - 9 * DAY);
            record(ledger, APP.behind("long-gone", "free"), NOW - 8 * DAY);
            record(ledger, APP.behind("early", "pro"), NOW);
            record(ledger, APP, NOW);
        }
        try (Ledger ledger = open()) {
            assertThat(ledger.endUsers(NOW - 7 * DAY))
                    .extracting(Seen::caller, seen -> seen.untilMicros() / DAY)
                    .containsExactly(
                            tuple(APP.behind("early", "free"), 19_998L),
                            tuple(APP.behind("late", "free"), 20_000L),
                            tuple(APP.behind("early", "pro"), 20_001L));
        }
    }

    @Test
    void usageIsSummedByEndUser() {
        try (Ledger ledger = open()) {
            record(ledger, APP.behind("one", "free"), NOW);
            record(ledger, APP.behind("one", "pro"), NOW);
            record(ledger, APP.behind("two", "free"), NOW);
            record(ledger, APP, NOW);
            assertThat(ledger.usage(new UsageQuery(List.of(Dimension.END_USER), 0, Long.MAX_VALUE))
                            .rows())
                    .extracting(Row::group, row -> row.sums().requests())
                    .containsExactly(
                            tuple(List.of(Optional.empty()), 1L),
                            tuple(List.of(Optional.of("one")), 2L),
                            tuple(List.of(Optional.of("two")), 1L));
        }
    }

    @Test
    void aLedgerOfTheFirstVersionKeepsItsLines() throws Exception {
        try (Connection connection = new Database(file()).writer(Durability.DISK);
                Statement statement = connection.createStatement()) {
            Schema.prepare(connection, 1);
            statement.execute("INSERT INTO caller VALUES (7, 'acme', 'search', '', 'app', 'pro')");
            statement.execute("INSERT INTO terms VALUES (1, 'small', 'gpu', 'small@2026-11-20', 'sha256:00')");
            statement.execute("INSERT INTO rollup VALUES (0, 7, 1, 5, 5, 0, 50, 0, 60, 0, 70)");
        }
        try (Ledger ledger = open()) {
            record(ledger, APP, NOW);
            assertThat(ledger.usage(new UsageQuery(List.of(Dimension.KEY, Dimension.END_USER), 0, Long.MAX_VALUE))
                            .rows())
                    .extracting(Row::group, row -> row.sums().requests())
                    .containsExactly(tuple(List.of(Optional.of("app"), Optional.empty()), 6L));
        }
    }

    @Test
    void twentyThousandAreCountedInSeconds() {
        LimitSpec perDay = LimitSpec.of(Kind.TOKENS, Period.DAY, 10_000);
        LimitSpec perMinute = LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 20);
        CountingRules rules = new CountingRules(Map.of(), Map.of("free", Set.of(perDay.sort(), perMinute.sort())));
        try (Ledger ledger = SqliteLedger.open(file(), Durability.PROCESS)) {
            List<CompletableFuture<Long>> recorded = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                recorded.add(later(ledger, APP.behind("person-" + i, "free"), NOW - i));
                if (recorded.size() == 1_000) {
                    CompletableFuture.allOf(recorded.toArray(CompletableFuture[]::new))
                            .join();
                    recorded.clear();
                }
            }
            long began = System.nanoTime();
            List<Limit> limits = ledger.endUsers(NOW - DAY).stream()
                    .map(seen ->
                            new Place.OfEndUser(KEY, seen.caller().endUser().orElseThrow()))
                    .flatMap(place -> Limit.ofTier(place, List.of(perDay, perMinute), ZoneOffset.UTC).stream())
                    .toList();
            List<Posting> postings = ledger.postings(limits, rules, NOW).all();
            Duration took = Duration.ofNanos(System.nanoTime() - began);

            assertThat(postings).hasSize(2 * MANY);
            assertThat(took).as("the time for %d", MANY).isLessThan(TIME_FOR_MANY);
        }
    }

    private void record(Ledger ledger, Caller caller, long atMicros) {
        later(ledger, caller, atMicros).join();
    }

    private CompletableFuture<Long> later(Ledger ledger, Caller caller, long atMicros) {
        return ledger.record(lines.line(caller, "small", atMicros, Ending.SERVED, Usage.of(100, 20)))
                .toCompletableFuture();
    }

    private Ledger open() {
        return SqliteLedger.open(file(), Durability.DISK);
    }

    private Path file() {
        return folder.resolve("ledger.db");
    }
}
