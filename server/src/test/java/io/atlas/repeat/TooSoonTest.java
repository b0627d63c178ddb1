package io.atlas.repeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;

class TooSoonTest {
    @Test
    void aCrowdIsAnsweredOverHalfASecondAndNotAllAtOnce() {
        List<Long> pauses =
                new Random(1).longs(50).mapToObj(TooSoon::pauseMillis).toList();

        assertThat(pauses).allSatisfy(millis -> assertThat(millis).isBetween(250L, 749L));
        for (long from = 250; from < 750; from += 100) {
            assertThat(pauses).haveAtLeast(3, within(from, from + 100));
        }
        assertThat(pauses.stream().mapToLong(millis -> millis).sum() / pauses.size())
                .isBetween(430L, 570L);
    }

    private static Condition<Long> within(long from, long to) {
        return new Condition<>(millis -> millis >= from && millis < to, "from %d to %d", from, to);
    }
}
