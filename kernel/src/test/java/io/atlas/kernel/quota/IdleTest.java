package io.atlas.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** A counter may be dropped exactly when a fresh one would answer as it does, whatever comes. */
class IdleTest {
    private static final long SECOND = 1_000_000L;
    private static final long DAY = 86_400 * SECOND;

    @Test
    void aBucketIsIdleOnceAllHasLeakedAndNothingIsHeld() {
        Limit limit = limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 60));
        Meter bucket = Meter.of(limit);
        assertThat(bucket.idle(DAY)).isTrue();

        Meter.Hold hold = bucket.take(0, DAY);
        assertThat(bucket.idle(DAY))
                .as("a hold of nothing may be settled for more")
                .isFalse();
        bucket.settle(hold, 30, DAY);
        assertThat(bucket.idle(DAY + 29 * SECOND)).isFalse();
        assertThat(bucket.idle(DAY + 30 * SECOND)).isTrue();
    }

    @Test
    void aWindowIsIdleOnceItIsOver() {
        Limit limit = limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 60));
        Meter window = Meter.of(limit);
        assertThat(window.idle(DAY)).isTrue();

        window.take(10, DAY);
        assertThat(window.idle(2 * DAY - 1)).isFalse();
        assertThat(window.idle(2 * DAY)).isTrue();
    }

    @Test
    void placesAreIdleWhileNobodyHasOne() {
        Limit limit = limit(LimitSpec.concurrent(2));
        Meter slots = Meter.of(limit);
        assertThat(slots.idle(DAY)).isTrue();

        Meter.Hold hold = slots.take(1, DAY);
        assertThat(slots.idle(2 * DAY)).isFalse();
        slots.settle(hold, 1, DAY);
        assertThat(slots.idle(DAY)).isTrue();
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.of(new Place.OfTenant("acme"), spec, ZoneOffset.UTC);
    }
}
