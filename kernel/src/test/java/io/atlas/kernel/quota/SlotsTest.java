package io.atlas.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final Limit TWO = Limit.of(Limits.TENANT, LimitSpec.concurrent(2), ZoneOffset.UTC);

    private final Slots slots = new Slots(TWO);

    @Test
    void asManyFitAsTheLimitSays() {
        slots.take(1, 0);
        assertThat(slots.waitMicros(TWO.spec(), 1, 0)).isZero();
        slots.take(1, 0);
        assertThat(slots.waitMicros(TWO.spec(), 1, 0)).isEqualTo(1_000_000);
        assertThat(slots.level(7)).isEqualTo(new Level(0, 2, 7));
    }

    @Test
    void anEndedRequestFreesItsSlotWhateverItUsed() {
        Meter.Hold first = slots.take(1, 0);
        Meter.Hold second = slots.take(1, 0);
        slots.settle(first, 1, 0);
        assertThat(slots.level(0).held()).isEqualTo(1);
        slots.settle(second, 0, 0);
        assertThat(slots.level(0)).isEqualTo(new Level(0, 0, 0));
    }

    @Test
    void requestsAtOnceHaveNoPast() {
        assertThatThrownBy(() -> slots.seed(1, 0))
                .hasMessage("seed of acme:concurrent (expected: nothing, requests at once have no past)");
    }
}
