package io.atlas.burn;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.route.Spending;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A day's budget whose mark follows the pace, spent by requests that a cheaper model can serve for a tenth. */
class PacingTest {
    private static final long AMOUNT = 1_000_000_000L;
    private static final int REQUESTS = 14_400;
    private static final Limit LIMIT = Limit.of(
            new Place.OfTenant("acme"),
            new LimitSpec(
                    Kind.COST,
                    Optional.of(Period.DAY),
                    AMOUNT,
                    AMOUNT,
                    new Narrowing.Whole(),
                    new LimitSpec.LowWater.Auto(),
                    Optional.empty(),
                    LimitSpec.Mode.ENFORCED,
                    Optional.empty()),
            ZoneId.of("Europe/Rome"));
    private static final Window DAY = Window.of(Period.DAY, LIMIT.zone(), 1_795_000_000_000_000L);

    /** What became of a day. */
    private record Day(int refused, int lighter, int turns, long used) {}

    @ParameterizedTest(name = "{0} times the budget, seed {1}")
    @CsvSource({"1.3, 1", "2, 2", "3, 3", "6, 4"})
    void whoWantsMoreThanTheBudgetIsServedToTheEndOfTheDay(double wish, long seed) {
        Day day = day(wish, new Random(seed));
        assertThat(day.refused).as(day.toString()).isZero();
        assertThat(day.lighter).as(day.toString()).isPositive();
        assertThat(day.used).as(day.toString()).isGreaterThan(AMOUNT / 2);
        assertThat(day.turns).as("does not change with every request: %s", day).isLessThan(REQUESTS / 50);
    }

    @Test
    void whoWantsLessThanTheBudgetSavesNothing() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(day(0.7, new Random(seed)).lighter).as("seed %d", seed).isZero();
        }
    }

    private static Day day(double wish, Random random) {
        BurnRates rates = new BurnRates();
        Spending spending = Spending.FREELY;
        int refused = 0;
        int lighter = 0;
        int turns = 0;
        long used = 0;
        for (int i = 0; i < REQUESTS; i++) {
            long now = DAY.startMicros()
                    + (DAY.endMicros() - DAY.startMicros()) / REQUESTS * i
                    + random.nextInt(1_000_000);
            long asked = (long) (wish * AMOUNT / REQUESTS * (0.5 + random.nextDouble()));
            Level level = new Level(used, 0, DAY.endMicros());
            long mark = rates.lowWater(LIMIT, level, now);
            Spending next = spending.next(LIMIT.spec(), level, mark);
            turns += next == spending ? 0 : 1;
            spending = next;
            boolean light = spending == Spending.SAVING || used + asked > AMOUNT;
            long cost = light ? asked / 10 : asked;
            lighter += light ? 1 : 0;
            if (used + cost > AMOUNT) {
                refused++;
            } else {
                used += cost;
            }
        }
        return new Day(refused, lighter, turns, used);
    }
}
