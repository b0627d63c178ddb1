package io.atlas.kernel.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one word changes: two nodes, of which a waits here and b there. */
class OrderTest {
    private static final Line A = new Line(0, "a");
    private static final Line B = new Line(0, "b");
    private static final Line ABOVE = new Line(1, "above");
    private static final int COST = 100;

    private final Order order = new Order();
    private long now = 1_000_000;
    private long number;

    @BeforeEach
    void bothAreKnown() {
        say("here", 0, List.of());
        say("there", 0, List.of());
    }

    @Test
    void whoHasHadLessIsFirst() {
        say("here", 0, List.of(), bid(A));
        say("there", 0, List.of(), bid(B));
        assertThat(say("here", 1, List.of(new Work(A, 1, 1_000)), bid(A))).isEqualTo(nobody());
        assertThat(say("there", 1, List.of(), bid(B))).isEqualTo(first());
    }

    @Test
    void whoHasMoreWeightMayHaveHadMore() {
        say("here", 0, List.of(), bid(A));
        say("there", 0, List.of(new Work(B, 4, 3_900)), bid(B));
        assertThat(say("here", 1, List.of(new Work(A, 1, 1_000)), bid(A))).isEqualTo(nobody());
        assertThat(say("there", 1, List.of(), bid(B))).isEqualTo(first());
    }

    @Test
    void timeInWhichOneDidNotWaitDoesNotCountForHim() {
        say("here", 0, List.of(), bid(A));
        say("here", 0, List.of(new Work(A, 1, 1_000)), bid(A));
        assertThat(say("there", 1, List.of(), bid(B))).isEqualTo(nobody());
        assertThat(say("here", 1, List.of(), bid(A))).isEqualTo(first());
    }

    @Test
    void whoHasSomethingThereKeepsOneRequestOfWhatHeIsBehindBy() {
        say("here", 0, List.of(), bid(A));
        say("here", 0, List.of(new Work(A, 1, 1_000)), bid(A));
        Bid behind = new Bid(B, 1, 500_000, COST, 500, 1, 0);
        assertThat(say("there", 1, List.of(), behind)).isEqualTo(first());
        assertThat(order.counter(B)).isEqualTo((1_000 - 500 + COST) * Order.PARTS);
    }

    @Test
    void whoComesBackIsForgivenNothing() {
        say("here", 0, List.of(new Work(A, 1, 1_000)), bid(A));
        say("there", 0, List.of(new Work(B, 1, 5_000)), bid(B));
        say("there", 0, List.of());
        Bid again = new Bid(B, 1, 500_000, COST, 500, 1, 0);
        assertThat(say("there", 1, List.of(), again)).isEqualTo(nobody());
        assertThat(order.counter(B)).isEqualTo(5_000 * Order.PARTS);
    }

    @Test
    void aTurnThatIsAnothersIsChargedWhenHeComesForIt() {
        say("here", 0, List.of(), bid(A));
        say("there", 0, List.of(), bid(B));
        assertThat(say("here", 2, List.of(), bid(A))).isEqualTo(first());
        assertThat(order.counter(A)).isEqualTo(COST * Order.PARTS);
        assertThat(order.counter(B)).isZero();
    }

    @Test
    void nobodyIsCalledMoreOftenThanHeWaits() {
        assertThat(say("here", 5, List.of(), bid(A))).isEqualTo(first());
    }

    @Test
    void aNodeThatIsSilentForHalfASecondIsWaitedForNoMore() {
        say("here", 0, List.of(), bid(A));
        now += Order.FRESH_MICROS;
        assertThat(say("there", 1, List.of(), bid(B))).isEqualTo(nobody());
        now += 1;
        assertThat(say("there", 1, List.of(), bid(B))).isEqualTo(first());
    }

    @Test
    void aWordThatComesTwiceCountsOnce() {
        say("there", 0, List.of(), bid(B));
        Word word = new Word("here", ++number, hold(), List.of(new Work(A, 1, 1_000)), List.of(bid(A)));
        order.hear(word, 0, now);
        assertThat(order.hear(word, 9, now)).isEqualTo(nobody());
        assertThat(order.counter(A)).isEqualTo(1_000 * Order.PARTS);
    }

    @Test
    void aBandHasCreditForFourRequestsAtMost() {
        Bid low = new Bid(A, 1, 200_000, COST, 0, 20, 0);
        Bid high = new Bid(ABOVE, 1, 500_000, COST, 0, 20, 0);
        say("here", 0, List.of(), low);
        say("there", 0, List.of(new Work(ABOVE, 1, 1_000_000)), high);
        Answer.Ordered answer = (Answer.Ordered) say("here", 20, List.of(), low);
        assertThat(answer.calls())
                .as("five by its credit, and what it is sure of")
                .hasSize(8);
    }

    @Test
    void whereNobodyHasAnythingNobodyIsAhead() {
        say("here", 0, List.of(new Work(A, 1, 1_000)), bid(A));
        say("here", 0, List.of());
        assertThat(order.counter(A)).isZero();
    }

    private Answer say(String node, int places, List<Work> works, Bid... bids) {
        return order.hear(new Word(node, ++number, hold(), works, List.of(bids)), places, now);
    }

    private static Word.Hold hold() {
        return new Word.Hold(0, 0, 2, Word.Intent.STAYS);
    }

    private static Bid bid(Line line) {
        return new Bid(line, 1, 500_000, COST, 0, 1, 0);
    }

    private static Answer nobody() {
        return new Answer.Ordered(List.of());
    }

    private static Answer first() {
        return new Answer.Ordered(List.of(0));
    }
}
