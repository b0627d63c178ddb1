package io.atlas.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void aBodyHas10SecondsToGetGoing() {
        assertThat(Pace.tooSlow(9_999, 0)).isFalse();
        assertThat(Pace.tooSlow(10_000, 4_999)).isTrue();
        assertThat(Pace.tooSlow(10_000, 5_000)).isFalse();
    }

    @Test
    void afterThatItBrings500BytesASecond() {
        assertThat(Pace.tooSlow(40_000, 19_999)).isTrue();
        assertThat(Pace.tooSlow(40_000, 20_000)).isFalse();
    }

    @Test
    void itsEndComesWithinAMinuteHoweverFastItIs() {
        assertThat(Pace.tooSlow(59_999, 1_000_000_000)).isFalse();
        assertThat(Pace.tooSlow(60_000, 1_000_000_000)).isTrue();
    }
}
