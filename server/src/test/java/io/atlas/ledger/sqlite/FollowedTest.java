package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.follow.Followed;
import io.atlas.ledger.follow.Position;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who follows decisions sees each once. */
class FollowedTest {
    private static final long START = 1_794_960_000_000_000L;
    private static final long DAY = 86_400_000_000L;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatIsRecordedWhileSomebodyFollowsComesOnceWhenItEndedAndNotWhenItBegan(long seed) {
        List<Receipt> before = new Lines(seed).between(START, START + DAY, 100);
        List<Receipt> lines = new Lines(seed + 100).between(START, START + DAY, 2_000);
        try (SqliteLedger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            record(ledger, before).join();
            Position position = ledger.end();
            CompletableFuture<?> recording =
                    CompletableFuture.runAsync(() -> record(ledger, lines).join());

            Random random = new Random(seed);
            List<DecisionPage.Row> rows = new ArrayList<>();
            boolean more = true;
            while (more) {
                boolean done = recording.isDone();
                Followed followed = ledger.after(position, query(Map.of(), random.nextInt(1, 100)));
                rows.addAll(followed.rows());
                position = followed.next();
                more = !done || followed.more();
            }

            assertThat(rows)
                    .extracting(DecisionPage.Row::id)
                    .containsExactlyInAnyOrderElementsOf(
                            lines.stream().map(Receipt::id).toList());
        }
    }

    @Test
    void onlyWhatIsAskedForComes() {
        List<Receipt> lines = new Lines(7).between(START, START + DAY, 500);
        try (SqliteLedger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            record(ledger, lines).join();

            Followed followed = ledger.after(Position.ofOneNode(0), query(Map.of(Dimension.TENANT, "beta"), 1_000));

            assertThat(followed.rows())
                    .extracting(DecisionPage.Row::id)
                    .containsExactlyInAnyOrderElementsOf(lines.stream()
                            .filter(line -> line.caller().tenant().equals("beta"))
                            .map(Receipt::id)
                            .toList());
            assertThat(followed.more()).isFalse();
            assertThat(ledger.after(followed.next(), query(Map.of(), 10)).rows())
                    .isEmpty();
        }
    }

    @Test
    void whoComesFromAnotherFileGoesOnAtTheEndOfThisOne() {
        try (SqliteLedger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            record(ledger, new Lines(8).between(START, START + DAY, 10)).join();

            Followed followed = ledger.after(Position.ofOneNode(4_711), query(Map.of(), 10));

            assertThat(followed).isEqualTo(new Followed(List.of(), Position.ofOneNode(10), false));
        }
    }

    private static DecisionQuery query(Map<Dimension, String> where, int most) {
        return new DecisionQuery(where, Optional.empty(), Optional.empty(), 0, Long.MAX_VALUE, Optional.empty(), most);
    }

    private static CompletableFuture<?> record(Ledger ledger, List<Receipt> lines) {
        return CompletableFuture.allOf(lines.stream()
                .map(line -> ledger.record(line).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }
}
