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
        Counter bucket = Counter.of(limit.spec());
        assertThat(bucket.idle(limit, DAY)).isTrue();

        Counter.Hold hold = bucket.take(limit, 0, DAY);
        assertThat(bucket.idle(limit, DAY))
                .as("a hold of nothing may be settled for more")
                .isFalse();
        bucket.settle(limit, hold, 30, DAY);
        assertThat(bucket.idle(limit, DAY + 29 * SECOND)).isFalse();
        assertThat(bucket.idle(limit, DAY + 30 * SECOND)).isTrue();
    }

    @Test
    void aWindowIsIdleOnceItIsOver() {
        Limit limit = limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 60));
        Counter window = Counter.of(limit.spec());
        assertThat(window.idle(limit, DAY)).isTrue();

        window.take(limit, 10, DAY);
        assertThat(window.idle(limit, 2 * DAY - 1)).isFalse();
        assertThat(window.idle(limit, 2 * DAY)).isTrue();
    }

    @Test
    void placesAreIdleWhileNobodyHasOne() {
        Limit limit = limit(LimitSpec.concurrent(2));
        Counter slots = Counter.of(limit.spec());
        assertThat(slots.idle(limit, DAY)).isTrue();

        Counter.Hold hold = slots.take(limit, 1, DAY);
        assertThat(slots.idle(limit, 2 * DAY)).isFalse();
        slots.settle(limit, hold, 1, DAY);
        assertThat(slots.idle(limit, DAY)).isTrue();
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.of(new Place.OfTenant("acme"), spec, ZoneOffset.UTC);
    }
}
