package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreakTest {
    private static final long SECOND = 1_000_000;

    @Test
    void threeTriesNeedNotWaitAndTheNextWaitTwiceAsLongEachTime() {
        List<Long> waits = new ArrayList<>();
        long now = 0;
        Streak streak = Streak.begin(now);
        for (int i = 0; i < 9; i++) {
            streak = streak.failed(now, now);
            long from = now;
            while (streak.tooSoon(now)) {
                now += SECOND / 2;
            }
            waits.add((now - from) / SECOND);
        }

        assertThat(waits).containsExactly(0L, 0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void whoComesTooSoonIsToldToWaitLongerAndLetInAsEarly() {
        Streak streak = Streak.begin(0).failed(0, 0).failed(0, 0).failed(0, 0);
        List<Long> told = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            told.add(streak.waitMicros(SECOND / 2) / SECOND);
            streak = streak.knocked(SECOND / 2);
        }

        assertThat(told).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        assertThat(streak.tooSoon(SECOND)).isFalse();
    }

    @Test
    void anAnswerIsGivenAgainTwentyTimesInTenSeconds() {
        Streak streak = Streak.begin(0);
        int given = 0;
        for (long now = 0; now < 20 * SECOND; now += SECOND / 10) {
            if (!streak.tooSoon(now)) {
                streak = streak.replayed(now);
                given++;
            }
        }

        assertThat(given).isEqualTo(2 * Streak.FREE_REPLAYS);
    }

    @Test
    void manyThatFailTogetherCountAsOne() {
        Streak streak = Streak.begin(0).failed(0, SECOND);
        for (int i = 0; i < 100; i++) {
            streak = streak.failed(i, SECOND + i);
        }

        assertThat(streak.unserved()).isEqualTo(1);
        assertThat(streak.failed(SECOND, 2 * SECOND).unserved()).isEqualTo(2);
    }

    @Test
    void nobodyWaitsForAClockThatHasSteppedBack() {
        Streak streak = Streak.begin(3_600 * SECOND)
                .failed(3_600 * SECOND, 3_600 * SECOND)
                .failed(3_600 * SECOND, 3_600 * SECOND);

        assertThat(streak.failed(3_600 * SECOND, 3_600 * SECOND).tooSoon(3_600 * SECOND))
                .isTrue();
        assertThat(streak.failed(3_600 * SECOND, 3_600 * SECOND).tooSoon(0)).isFalse();
    }

    @Test
    void itIsForgottenAMinuteAfterTheLastThatWasHeardOfIt() {
        Streak streak = Streak.begin(0).failed(0, 0);

        assertThat(streak.over(60 * SECOND - 1)).isFalse();
        assertThat(streak.over(60 * SECOND)).isTrue();
        assertThat(streak.knocked(SECOND).over(60 * SECOND)).isFalse();
    }
}
