package io.atlas.kernel.quota;

import static io.atlas.kernel.quota.Limits.limit;
import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.unit.Period;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class CalendarWindowTest {
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final Limit PER_DAY = limit(Kind.TOKENS, Period.DAY, 1_000, ROME);
    private static final long NOON = micros("2026-11-20T11:00:00Z");
    private static final long MIDNIGHT = micros("2026-11-20T23:00:00Z");

    private final CalendarWindow window = new CalendarWindow();

    @Test
    void heldAndUsedAreApart() {
        Counter.Hold hold = window.take(PER_DAY, 400, NOON);
        assertThat(window.level(PER_DAY, NOON)).isEqualTo(new Level(0, 400, MIDNIGHT));

        window.settle(PER_DAY, hold, 150, NOON);
        assertThat(window.level(PER_DAY, NOON)).isEqualTo(new Level(150, 0, MIDNIGHT));
    }

    @Test
    void theDayEndsAtMidnightOfItsZone() {
        window.take(PER_DAY, 1_000, NOON);

        assertThat(window.waitMicros(PER_DAY, 1, NOON)).isEqualTo(12 * 3_600_000_000L);
        assertThat(window.waitMicros(PER_DAY, 1, MIDNIGHT - 1)).isEqualTo(1);
        assertThat(window.waitMicros(PER_DAY, 1, MIDNIGHT)).isZero();
        assertThat(window.level(PER_DAY, MIDNIGHT)).isEqualTo(new Level(0, 0, micros("2026-11-21T23:00:00Z")));
    }

    @Test
    void aHoldSettledAfterItsWindowChangesNothingOfTheNext() {
        Counter.Hold late = window.take(PER_DAY, 400, NOON);
        Counter.Hold fresh = window.take(PER_DAY, 100, MIDNIGHT);
        Level before = window.level(PER_DAY, MIDNIGHT + 1);

        window.settle(PER_DAY, late, 900, MIDNIGHT + 1);
        assertThat(window.level(PER_DAY, MIDNIGHT + 1)).isEqualTo(before);

        window.settle(PER_DAY, fresh, 70, MIDNIGHT + 1);
        assertThat(window.level(PER_DAY, MIDNIGHT + 1))
                .extracting(Level::used, Level::held)
                .containsExactly(70L, 0L);
    }

    @Test
    void aSettleThatIsTheFirstOfTheNextWindowChargesNothingThere() {
        Counter.Hold late = window.take(PER_DAY, 400, NOON);

        window.settle(PER_DAY, late, 400, MIDNIGHT);

        assertThat(window.level(PER_DAY, MIDNIGHT))
                .extracting(Level::used, Level::held)
                .containsExactly(0L, 0L);
    }

    @Test
    void aClockThatStepsBackOpensNoWindowAgain() {
        window.take(PER_DAY, 1_000, NOON);
        Counter.Hold second = window.take(PER_DAY, 1_000, MIDNIGHT);

        assertThat(window.waitMicros(PER_DAY, 1, NOON)).isEqualTo(36 * 3_600_000_000L);
        window.settle(PER_DAY, second, 300, NOON);
        assertThat(window.level(PER_DAY, NOON)).isEqualTo(window.level(PER_DAY, MIDNIGHT));
        assertThat(window.level(PER_DAY, NOON).used()).isEqualTo(300);
    }

    @Test
    void anOverrunIsADebtOfTheWindow() {
        Counter.Hold hold = window.take(PER_DAY, 1_000, NOON);
        window.settle(PER_DAY, hold, 1_200, NOON);

        assertThat(window.level(PER_DAY, NOON).debt(PER_DAY.spec())).isEqualTo(200);
        assertThat(window.level(PER_DAY, NOON).remaining(PER_DAY.spec())).isZero();
        assertThat(window.level(PER_DAY, MIDNIGHT).debt(PER_DAY.spec())).isZero();
    }

    @Test
    void aChangedAmountKeepsWhatIsUsed() {
        window.settle(PER_DAY, window.take(PER_DAY, 800, NOON), 800, NOON);
        Limit less = limit(Kind.TOKENS, Period.DAY, 500, ROME);
        Limit more = limit(Kind.TOKENS, Period.DAY, 2_000, ROME);

        assertThat(window.level(less, NOON).debt(less.spec())).isEqualTo(300);
        assertThat(window.level(more, NOON).remaining(more.spec())).isEqualTo(1_200);
    }

    @Test
    void whatTheLedgerHoldsCountsInItsOwnWindowOnly() {
        window.seed(PER_DAY, 250, NOON);
        window.seed(PER_DAY, 250, NOON + 1);
        assertThat(window.level(PER_DAY, NOON + 1).used()).isEqualTo(500);

        window.seed(PER_DAY, 30, MIDNIGHT);
        window.seed(PER_DAY, 999, NOON);
        assertThat(window.level(PER_DAY, MIDNIGHT).used()).isEqualTo(30);
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
