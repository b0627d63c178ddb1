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

    private final CalendarWindow window = new CalendarWindow(PER_DAY);

    @Test
    void heldAndUsedAreApart() {
        Meter.Hold hold = window.take(400, NOON);
        assertThat(window.level(NOON)).isEqualTo(new Level(0, 400, MIDNIGHT));

        window.settle(hold, 150, NOON);
        assertThat(window.level(NOON)).isEqualTo(new Level(150, 0, MIDNIGHT));
    }

    @Test
    void theDayEndsAtMidnightOfItsZone() {
        window.take(1_000, NOON);

        assertThat(window.waitMicros(PER_DAY.spec(), 1, NOON)).isEqualTo(12 * 3_600_000_000L);
        assertThat(window.waitMicros(PER_DAY.spec(), 1, MIDNIGHT - 1)).isEqualTo(1);
        assertThat(window.waitMicros(PER_DAY.spec(), 1, MIDNIGHT)).isZero();
        assertThat(window.level(MIDNIGHT)).isEqualTo(new Level(0, 0, micros("2026-11-21T23:00:00Z")));
    }

    @Test
    void aHoldSettledAfterItsWindowChangesNothingOfTheNext() {
        Meter.Hold late = window.take(400, NOON);
        Meter.Hold fresh = window.take(100, MIDNIGHT);
        Level before = window.level(MIDNIGHT + 1);

        window.settle(late, 900, MIDNIGHT + 1);
        assertThat(window.level(MIDNIGHT + 1)).isEqualTo(before);

        window.settle(fresh, 70, MIDNIGHT + 1);
        assertThat(window.level(MIDNIGHT + 1))
                .extracting(Level::used, Level::held)
                .containsExactly(70L, 0L);
    }

    @Test
    void aSettleThatIsTheFirstOfTheNextWindowChargesNothingThere() {
        Meter.Hold late = window.take(400, NOON);

        window.settle(late, 400, MIDNIGHT);

        assertThat(window.level(MIDNIGHT)).extracting(Level::used, Level::held).containsExactly(0L, 0L);
    }

    @Test
    void aClockThatStepsBackOpensNoWindowAgain() {
        window.take(1_000, NOON);
        Meter.Hold second = window.take(1_000, MIDNIGHT);

        assertThat(window.waitMicros(PER_DAY.spec(), 1, NOON)).isEqualTo(36 * 3_600_000_000L);
        window.settle(second, 300, NOON);
        assertThat(window.level(NOON)).isEqualTo(window.level(MIDNIGHT));
        assertThat(window.level(NOON).used()).isEqualTo(300);
    }

    @Test
    void anOverrunIsADebtOfTheWindow() {
        Meter.Hold hold = window.take(1_000, NOON);
        window.settle(hold, 1_200, NOON);

        assertThat(window.level(NOON).debt(PER_DAY.spec())).isEqualTo(200);
        assertThat(window.level(NOON).remaining(PER_DAY.spec())).isZero();
        assertThat(window.level(MIDNIGHT).debt(PER_DAY.spec())).isZero();
    }

    @Test
    void aChangedAmountKeepsWhatIsUsed() {
        window.settle(window.take(800, NOON), 800, NOON);
        Limit less = limit(Kind.TOKENS, Period.DAY, 500, ROME);
        Limit more = limit(Kind.TOKENS, Period.DAY, 2_000, ROME);

        assertThat(window.level(less.spec(), NOON).debt(less.spec())).isEqualTo(300);
        assertThat(window.level(more.spec(), NOON).remaining(more.spec())).isEqualTo(1_200);
    }

    @Test
    void whatTheLedgerHoldsCountsInItsOwnWindowOnly() {
        window.seed(250, NOON);
        window.seed(250, NOON + 1);
        assertThat(window.level(NOON + 1).used()).isEqualTo(500);

        window.seed(30, MIDNIGHT);
        window.seed(999, NOON);
        assertThat(window.level(MIDNIGHT).used()).isEqualTo(30);
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
