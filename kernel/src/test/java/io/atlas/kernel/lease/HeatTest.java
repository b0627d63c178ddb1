package io.atlas.kernel.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is asked for often is hot, until there was not enough of it. */
class HeatTest {
    private static final long SPAN_MICROS = 100_000;

    private final Heat heat = new Heat();

    @Test
    void whatIsAskedForThirtyTwoTimesInATenthOfASecondIsHotInThatOneAndTheNext() {
        for (int i = 1; i < 32; i++) {
            assertThat(heat.asked(SPAN_MICROS)).as("question %d", i).isFalse();
        }
        assertThat(heat.asked(2 * SPAN_MICROS - 1)).isTrue();
        assertThat(heat.asked(3 * SPAN_MICROS - 1)).isTrue();
        assertThat(heat.asked(3 * SPAN_MICROS)).isFalse();
    }

    @Test
    void aPauseMakesItCold() {
        askOften(0);
        assertThat(heat.asked(2 * SPAN_MICROS)).isFalse();
    }

    @Test
    void whatThereWasNotEnoughOfIsNotHotForASecond() {
        askOften(0);
        heat.cool(50_000);
        askOften(10 * SPAN_MICROS);
        assertThat(heat.asked(1_049_999)).isFalse();
        assertThat(heat.asked(1_050_000)).isTrue();
    }

    @Test
    void aClockThatStepsBackStandsStill() {
        askOften(5 * SPAN_MICROS);
        assertThat(heat.asked(0)).isTrue();
    }

    private void askOften(long micros) {
        for (int i = 0; i < 40; i++) {
            heat.asked(micros);
        }
    }
}
