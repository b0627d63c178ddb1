package io.atlas.kernel.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeatTest {
    private final Seat seat = new Seat("here", 0);

    @Test
    void whatWasLeasedIsKeptWhileNobodyWaits() {
        seat.hear(word(0), new Answer.Leased(4));
        assertThat(seat.slots()).isEqualTo(4);
        assertThat(word(1).hold().slots()).isEqualTo(4);
        assertThat(word(5).hold().slots()).isEqualTo(5);
    }

    @Test
    void whoLeavesHasGivenUpWhatIsIdleWhenHeSaysSo() {
        seat.hear(word(0), new Answer.Leased(4));
        seat.leave();
        Word.Hold hold = word(1).hold();
        assertThat(hold.slots()).isEqualTo(1);
        assertThat(hold.intent()).isEqualTo(Word.Intent.LEAVES);
        assertThat(seat.slots()).isEqualTo(1);
    }

    @Test
    void inTheCommonOrderAFreePlaceIsNobodys() {
        seat.hear(word(0), new Answer.Leased(4));
        seat.hear(word(2), new Answer.Ordered(List.of()));
        assertThat(seat.slots()).isZero();
        assertThat(word(1).hold().slots()).isEqualTo(1);
    }

    @Test
    void whoIsCutOffKeepsWhatItHeldAndWhatItWasCalledFor() {
        seat.hear(word(0), new Answer.Leased(4));
        seat.hear(word(2), new Answer.Ordered(List.of()));
        seat.hear(word(2), new Answer.Ordered(List.of(0, 1)));
        seat.lost(100, 2);
        assertThat(seat.standing()).isEqualTo(Seat.Standing.LOCAL);
        assertThat(seat.slots()).isEqualTo(4);
    }

    @Test
    void whoIsCutOffMayAlwaysHaveOneRequest() {
        seat.hear(word(0), new Answer.Ordered(List.of()));
        seat.lost(100, 2);
        assertThat(seat.slots()).isEqualTo(1);
    }

    @Test
    void whoNeverHeardAnythingHasItsEqualShareAndOnlyOnce() {
        assertThat(seat.slots()).isZero();
        seat.lost(100, 4);
        assertThat(seat.slots()).isEqualTo(25);
        seat.lost(100, 2);
        assertThat(seat.slots()).isEqualTo(25);
    }

    @Test
    void eachWordHasALargerNumber() {
        assertThat(word(0).number()).isLessThan(word(0).number());
    }

    @Test
    void whatWasSaidIsNotSaidAgain() {
        Line line = new Line(0, "a");
        Untold untold = new Untold();
        untold.add(line, 2, 100);
        untold.add(line, 2, 20);
        assertThat(untold.take()).containsExactly(new Work(line, 2, 120));
        assertThat(untold.take()).isEmpty();
    }

    private Word word(int running) {
        return seat.word(running, 2, List.of(), List.of());
    }
}
