package io.atlas.kernel.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.kernel.unit.Window;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BurnRateTest {
    private static final long HOUR = 3_600_000_000L;
    private static final long START = 1_795_000_000_000_000L;
    private static final Window DAY = new Window(START, START + 24 * HOUR);
    private static final Window NEXT = new Window(START + 24 * HOUR, START + 48 * HOUR);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anEvenPaceIsFoundHoweverUnevenlySomebodyLooks(long seed) {
        Random random = new Random(seed);
        BurnRate rate = BurnRate.unknown(DAY);
        long at = START;
        while (at < START + 6 * HOUR) {
            at += random.nextLong(1, HOUR / (1L << random.nextInt(12)));
            rate = rate.seen((at - START) / 1_000, DAY, at);
        }
        Forecast forecast = rate.forecast(1);
        assertThat((double) forecast.perHour()).as("seed %d", seed).isCloseTo(HOUR / 1e3, within(HOUR / 1e6));
    }

    @Test
    void itSaysWhenNothingWillBeLeftAndNothingWhereItLasts() {
        BurnRate rate = BurnRate.unknown(DAY).seen(4_000, DAY, START + 4 * HOUR);
        assertThat(rate.forecast(10_000).exhaustedAtMicros().orElseThrow())
                .isCloseTo(START + 14 * HOUR, within(HOUR / 1_000));
        assertThat(rate.forecast(10_000).needed()).isCloseTo(20_000, within(20L));
        assertThat(rate.forecast(20_100).exhaustedAtMicros()).isEmpty();
        assertThat(rate.forecast(0).exhaustedAtMicros()).hasValue(START + 4 * HOUR);
    }

    @Test
    void whatIsAnHourAgoCountsHalf() {
        BurnRate busy = BurnRate.unknown(DAY).seen(12_000, DAY, START + 12 * HOUR);
        BurnRate quiet = busy.seen(12_000, DAY, START + 13 * HOUR);
        assertThat((double) quiet.forecast(1).perHour())
                .isCloseTo(busy.forecast(1).perHour() / 2.0, within(2.0));
        assertThat(quiet.seen(12_000, DAY, START + 23 * HOUR).forecast(1).perHour())
                .isLessThan(2);
    }

    @Test
    void lookingMoreOftenWhileNothingHappensChangesNothing() {
        BurnRate once = BurnRate.unknown(DAY).seen(5_000, DAY, START + 5 * HOUR).seen(5_000, DAY, START + 7 * HOUR);
        BurnRate often = BurnRate.unknown(DAY).seen(5_000, DAY, START + 5 * HOUR);
        for (long at = START + 5 * HOUR; at <= START + 7 * HOUR; at += HOUR / 100) {
            often = often.seen(5_000, DAY, at);
        }
        assertThat(often.sum()).isCloseTo(once.sum(), within(once.sum() * 1e-9));
    }

    @Test
    void theFirstRequestOfAWindowForetellsNoExhaustion() {
        BurnRate rate = BurnRate.unknown(DAY).seen(10, DAY, START + 1_000_000);
        assertThat(rate.forecast(990).exhaustedAtMicros()).isEmpty();
        assertThat(BurnRate.unknown(DAY)
                        .seen(500, DAY, START + 1_000_000)
                        .forecast(500)
                        .exhaustedAtMicros())
                .as("half of the day's budget in its first second")
                .isPresent();
    }

    @Test
    void thePaceGoesOnInTheNextWindow() {
        BurnRate day = BurnRate.unknown(DAY).seen(24_000, DAY, START + 24 * HOUR - 1);
        BurnRate next = day.seen(100, NEXT, START + 24 * HOUR + HOUR / 10);
        assertThat((double) next.forecast(1).perHour()).isCloseTo(1_000, within(20.0));
        assertThat(next.used()).isEqualTo(100);
    }

    @Test
    void aClockThatStepsBackAndACounterThatWasLostForetellNothingOfThemselves() {
        BurnRate rate = BurnRate.unknown(DAY).seen(5_000, DAY, START + 5 * HOUR);
        assertThat(rate.seen(9_000, DAY, START + 4 * HOUR)).isEqualTo(rate);
        BurnRate lost = rate.seen(0, DAY, START + 6 * HOUR);
        assertThat(lost.sum()).isPositive().isLessThan(rate.sum());
    }
}
