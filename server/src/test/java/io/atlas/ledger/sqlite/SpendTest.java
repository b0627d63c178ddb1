package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.Ledger;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How calendar limits were spent over time. */
class SpendTest {
    private static final long NOW = 1_795_003_200_000_000L;
    private static final long DAY = 86_400_000_000L;
    private static final List<String> ZONES = List.of("Europe/Rome", "Asia/Kathmandu", "America/Los_Angeles");

    @TempDir
    Path folder;

    @Test
    void eachPartIsWhatItsLinesChargedAndAllOfThemAreWhatIsUsed() {
        List<Receipt> lines = new Lines(17).between(NOW - 40 * DAY, NOW, 3_000);
        try (Ledger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            lines.forEach(ledger::record);
            for (String zone : ZONES) {
                check(ledger, lines, limit(new Place.OfTenant("acme"), Kind.COST, Period.MONTH, zone), Period.DAY);
                check(ledger, lines, limit(new Place.OfGateway(), Kind.TOKENS, Period.DAY, zone), Period.HOUR);
                check(ledger, lines, limit(new Place.OfModel("large"), Kind.REQUESTS, Period.YEAR, zone), Period.MONTH);
            }
        }
    }

    private static void check(Ledger ledger, List<Receipt> lines, Limit limit, Period length) {
        Window whole = Window.of(limit.spec().per().orElseThrow(), limit.zone(), NOW);
        List<Window> parts = whole.parts(length, limit.zone());
        List<Long> spent = ledger.spent(limit, parts, Lines.RULES);
        for (int i = 0; i < parts.size(); i++) {
            Window part = parts.get(i);
            List<Receipt> within = lines.stream()
                    .filter(line -> part.contains(line.atMicros()))
                    .toList();
            assertThat(spent.get(i))
                    .as("%s of %s in %s", part, limit.id(), limit.zone())
                    .isEqualTo(BruteForce.calendar(limit, within, NOW));
        }
        assertThat(spent.stream().mapToLong(Long::longValue).sum())
                .isPositive()
                .isEqualTo(BruteForce.calendar(limit, lines, NOW));
    }

    private static Limit limit(Place place, Kind kind, Period per, String zone) {
        long amount = 5_000_000_000L;
        return Limit.of(
                place,
                new LimitSpec(kind, Optional.of(per), amount, amount, new Narrowing.Whole(), 20),
                ZoneId.of(zone));
    }
}
