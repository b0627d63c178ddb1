package io.atlas.burn;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.forecast.Forecast;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BurnRatesTest {
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final long NOW = 1_795_000_000_000_000L;
    private static final long HOUR = 3_600_000_000L;
    private static final Window DAY = Window.of(Period.DAY, ROME, NOW);
    private static final long MORNING = DAY.startMicros() + 8 * HOUR;

    @Test
    void afterAStartWhatIsUsedCountsAsUsedEvenly() {
        Forecast forecast = new BurnRates().forecast(limit("acme", 20), level(8_000), MORNING);
        assertThat(forecast.perHour()).isEqualTo(1_000);
        assertThat(forecast.needed()).isBetween(15_990L, 16_010L);
    }

    @Test
    void aBurstIsSeenByWhoLooksNext() {
        BurnRates rates = new BurnRates();
        Limit limit = limit("acme", 20);
        rates.see(limit, level(0), MORNING);
        rates.see(limit, level(9_000), MORNING + HOUR / 60);
        assertThat(rates.forecast(limit, level(9_000), MORNING + HOUR / 30).exhaustedAtMicros())
                .isPresent();
        assertThat(rates.forecast(limit("beta", 20), level(0), MORNING + HOUR / 30)
                        .perHour())
                .as("another limit")
                .isZero();
    }

    @Test
    void aMarkThatIsAShareStaysAndOneThatIsNotFollowsThePaceUpToAll() {
        BurnRates rates = new BurnRates();
        assertThat(rates.lowWater(limit("acme", 20), level(8_000), MORNING)).isEqualTo(4_000);
        Limit auto = Limit.of(
                new Place.OfTenant("beta"),
                new LimitSpec(
                        Kind.TOKENS,
                        Optional.of(Period.DAY),
                        20_000,
                        20_000,
                        new Narrowing.Whole(),
                        new LimitSpec.LowWater.Auto(),
                        Optional.empty(),
                        LimitSpec.Mode.ENFORCED,
                        Optional.empty()),
                ROME);
        assertThat(rates.lowWater(auto, level(4_000), MORNING)).isBetween(7_990L, 8_010L);
        rates.see(auto, level(20_000), MORNING + 1_000_000);
        assertThat(rates.lowWater(auto, level(20_000), MORNING + 1_000_000)).isEqualTo(20_000);
    }

    @Test
    void whatIsOverMakesRoom() {
        BurnRates rates = new BurnRates();
        for (int i = 0; i < BurnRates.MOST_REMEMBERED; i++) {
            rates.see(limit("t" + i, 20), level(0), MORNING);
        }
        Limit late = limit("late", 20);
        rates.see(late, level(0), MORNING + 1);
        rates.see(late, level(5_000), MORNING + 60_000_000);
        assertThat(rates.forecast(late, level(5_000), MORNING + 120_000_000).perHour())
                .as("no room: as if used evenly")
                .isBetween(600L, 630L);

        long next = DAY.endMicros() + 8 * HOUR;
        Level nextDay = new Level(0, 0, Window.of(Period.DAY, ROME, next).endMicros());
        rates.see(late, nextDay, next);
        rates.see(late, new Level(5_000, 0, nextDay.resetsAtMicros()), next + 60_000_000);
        assertThat(rates.forecast(late, new Level(5_000, 0, nextDay.resetsAtMicros()), next + 120_000_000)
                        .perHour())
                .as("room: the burst is known as one")
                .isGreaterThan(3_000);
    }

    private static Limit limit(String tenant, int percent) {
        return Limit.of(
                new Place.OfTenant(tenant),
                new LimitSpec(Kind.TOKENS, Optional.of(Period.DAY), 20_000, 20_000, new Narrowing.Whole(), percent),
                ROME);
    }

    private static Level level(long used) {
        return new Level(used, 0, DAY.endMicros());
    }
}
