package io.atlas.kernel.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrimTest {
    private final Trim trim = new Trim(100);

    @Test
    void anotherBoundLeavesWhatWasLearned() {
        trim.bound(200);
        assertThat(trim.requests()).as("as long as nothing was learned").isEqualTo(200);
        trim.bound(100);
        refuse(80);
        trim.bound(200);
        assertThat(trim.requests()).isEqualTo(72);
        trim.bound(50);
        assertThat(trim.requests()).isEqualTo(50);
    }

    @Test
    void moreThanItHasNowIsNotFewer() {
        refuse(80);
        refuse(100);
        assertThat(trim.requests()).isEqualTo(72);
    }

    @Test
    void itMayAlwaysHaveOne() {
        Trim small = new Trim(1);
        small.refused();
        small.adjust(Reading.NOTHING, 1);
        assertThat(small.requests()).isEqualTo(1);
    }

    @Test
    void itIsRaisedByASixteenthASecondUpToItsBound() {
        refuse(80);
        trim.heldBack(Scarce.REQUESTS);
        trim.adjust(Reading.NOTHING, 72);
        assertThat(trim.requests()).isEqualTo(76);
        for (int second = 0; second < 20; second++) {
            trim.heldBack(Scarce.REQUESTS);
            trim.adjust(Reading.NOTHING, 72);
        }
        assertThat(trim.requests()).isEqualTo(100);
    }

    @Test
    void aFewInItsOwnQueueAreNoConcern() {
        trim.adjust(told(5, 0.5), 60);
        assertThat(trim.requests()).isEqualTo(100);
        trim.adjust(told(6, 0.5), 60);
        assertThat(trim.requests()).isEqualTo(57);
    }

    @Test
    void aQueueBeforeMemoryThatIsNearlyFullIsForWantOfMemory() {
        trim.knowsMemory();
        trim.adjust(told(10, 0.92), 60);
        assertThat(trim.requests()).isEqualTo(100);
        assertThat(trim.kvTokens(1_000)).isEqualTo(855);
    }

    @Test
    void oneThatWasBegunAgainIsHeldAgainstItOnce() {
        trim.knowsMemory();
        trim.beganAgain();
        trim.adjust(Reading.NOTHING, 60);
        trim.adjust(Reading.NOTHING, 60);
        assertThat(trim.kvTokens(1_000)).isEqualTo(855);
    }

    @Test
    void memoryIsPlannedWithBetweenThreeTenthsAndThirteen() {
        trim.knowsMemory();
        for (int second = 0; second < 100; second++) {
            trim.beganAgain();
            trim.adjust(Reading.NOTHING, 60);
        }
        assertThat(trim.kvTokens(1_000)).isEqualTo(270);
        for (int second = 0; second < 200; second++) {
            trim.heldBack(Scarce.KV_TOKENS);
            trim.adjust(told(0, 0.5), 60);
        }
        assertThat(trim.kvTokens(1_000)).isEqualTo(1_170);
    }

    private void refuse(int running) {
        trim.refused();
        trim.adjust(Reading.NOTHING, running);
    }

    private static Reading told(double waiting, double kvUsed) {
        return new Reading(
                OptionalDouble.of(waiting), OptionalDouble.of(kvUsed), OptionalLong.empty(), OptionalDouble.empty());
    }
}
