package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.unit.Period;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When saving begins and when it ends. */
class SpendingTest {
    private static final LimitSpec DAILY = LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000);

    @Test
    void savingBeginsBelowTheMarkAndEndsFivePointsAboveIt() {
        assertThat(Spending.FREELY.next(DAILY, left(200), DAILY.lowWater())).isEqualTo(Spending.FREELY);
        assertThat(Spending.FREELY.next(DAILY, left(199), DAILY.lowWater())).isEqualTo(Spending.SAVING);
        assertThat(Spending.SAVING.next(DAILY, left(249), DAILY.lowWater())).isEqualTo(Spending.SAVING);
        assertThat(Spending.SAVING.next(DAILY, left(250), DAILY.lowWater())).isEqualTo(Spending.FREELY);
    }

    @Test
    void savingEndsWhereAllOfTheLimitIsLeft() {
        LimitSpec all = new LimitSpec(Kind.TOKENS, Optional.of(Period.DAY), 1_000, 1_000, new Narrowing.Whole(), 98);
        assertThat(Spending.SAVING.next(all, left(999), all.lowWater())).isEqualTo(Spending.SAVING);
        assertThat(Spending.SAVING.next(all, left(1_000), all.lowWater())).isEqualTo(Spending.FREELY);
    }

    @Test
    void whatIsHeldCountsAsSpent() {
        assertThat(Spending.FREELY.next(DAILY, new Level(100, 701, 0), DAILY.lowWater()))
                .isEqualTo(Spending.SAVING);
    }

    @Test
    void aLimitWithoutAMarkNeverSaves() {
        LimitSpec none = new LimitSpec(Kind.TOKENS, Optional.of(Period.DAY), 1_000, 1_000, new Narrowing.Whole(), 0);
        assertThat(Spending.FREELY.next(none, left(0), none.lowWater())).isEqualTo(Spending.FREELY);
        assertThat(Spending.SAVING.next(none, left(0), none.lowWater())).isEqualTo(Spending.FREELY);
    }

    @Test
    void aRateLimitNeverSaves() {
        assertThat(Spending.FREELY.next(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 1_000), left(0), 200))
                .isEqualTo(Spending.FREELY);
    }

    private static Level left(long tokens) {
        return new Level(1_000 - tokens, 0, 1_000_000);
    }
}
