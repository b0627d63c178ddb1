package io.atlas.kernel.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backend that reads ten thousand tokens a second, and takes a second to the first token of whoever is alone. */
class PrefillTest {
    private static final long SECOND = 1_000_000;
    private static final long MILLI = 1_000;

    private final Prefill prefill = new Prefill();

    @Test
    void nothingIsLearnedOfFewer() {
        List<Stay> stays = begin(8, 10_000, 0);
        for (int i = 0; i < 7; i++) {
            prefill.heard(stays.get(i), (i + 1) * SECOND);
        }
        assertThat(prefill.most()).isEmpty();
        prefill.heard(stays.get(7), 8 * SECOND);
        assertThat(prefill.most()).hasValue(13_500);
    }

    @Test
    void norInLessThanHalfASecond() {
        List<Stay> stays = begin(9, 1_000, 0);
        prefill.heard(stays.getFirst(), 50 * MILLI);
        for (int i = 1; i < 8; i++) {
            prefill.heard(stays.get(i), (300 + i) * MILLI);
        }
        assertThat(prefill.most()).isEmpty();
        prefill.heard(stays.get(8), 600 * MILLI);
        assertThat(prefill.most()).isPresent();
    }

    @Test
    void whatAnEngineReadsInOneStepMayAlwaysBeSent() {
        List<Stay> stays = begin(8, 1_000, 0);
        for (int i = 0; i < 8; i++) {
            prefill.heard(stays.get(i), (i == 0 ? 100 : 1_000 * i) * MILLI);
        }
        assertThat(prefill.most()).as("450 are read in that time").hasValue(2_048);
    }

    @Test
    void aWholeAnswerCountsAsReadWhenWhatWasBeforeItIs() {
        learn();
        Stay whole = begin(1, 50_000, 10 * SECOND).getFirst();
        prefill.unheard(whole, 10 * SECOND);
        List<Stay> others = begin(8, 1_000, 10 * SECOND);
        prefill.fits(15 * SECOND - 1);
        assertThat(prefill.tokens()).isEqualTo(58_000);
        prefill.fits(15 * SECOND);
        assertThat(prefill.tokens()).isEqualTo(8_000);
        hear(others, 15 * SECOND);
        assertThat(prefill.most().orElseThrow()).as("58,000 in 5.8 s").isCloseTo(13_500L, within(50L));
    }

    @Test
    void oneThatIsStuckDoesNotCountAsRead() {
        learn();
        begin(1, 50_000, 10 * SECOND);
        List<Stay> others = begin(8, 1_000, 11 * SECOND);
        prefill.fits(70 * SECOND);
        assertThat(prefill.tokens()).isEqualTo(8_000);
        hear(others, 70 * SECOND);
        assertThat(prefill.most().orElseThrow()).as("8,000 in 60.8 s").isCloseTo(10_170L, within(50L));
    }

    @Test
    void theRateIsRaisedByATenthWhereSomebodyWasHeldBackThoughAnswersAreInTime() {
        learn();
        pairs(10 * SECOND, true);
        long raised = prefill.most().orElseThrow();
        assertThat(raised).isBetween(14_900L, 15_300L);
        pairs(20 * SECOND, false);
        assertThat(prefill.most().orElseThrow()).as("nobody was held back").isBetween(raised, raised + 400);
    }

    @Test
    void andNotWhereNobodyWas() {
        learn();
        pairs(10 * SECOND, false);
        assertThat(prefill.most().orElseThrow()).isBetween(13_500L, 13_900L);
    }

    /** Eight that were sent together, of which each was read in a second. */
    private void learn() {
        List<Stay> stays = begin(8, 10_000, 0);
        for (int i = 0; i < 8; i++) {
            prefill.heard(stays.get(i), (i + 1) * SECOND);
        }
    }

    /** Two at a time, and their answers in time. */
    private void pairs(long fromMicros, boolean asked) {
        for (long micros = fromMicros; micros < fromMicros + 8 * SECOND; micros += 2 * SECOND) {
            List<Stay> pair = begin(2, 9_000, micros);
            if (asked) {
                assertThat(prefill.fits(micros)).isFalse();
            }
            pair.forEach(stay -> prefill.heard(stay, stay.begunMicros + 2 * SECOND));
        }
    }

    private void hear(List<Stay> stays, long afterMicros) {
        for (int i = 0; i < stays.size(); i++) {
            prefill.heard(stays.get(i), afterMicros + (i + 1L) * 100 * MILLI);
        }
    }

    private List<Stay> begin(int count, long inputTokens, long nowMicros) {
        List<Stay> stays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Stay stay = new Stay(inputTokens, 1, prefill.tokens() + inputTokens, nowMicros);
            prefill.begin(stay, nowMicros);
            stays.add(stay);
        }
        return stays;
    }
}
