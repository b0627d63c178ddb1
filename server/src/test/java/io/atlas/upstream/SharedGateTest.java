package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.Flow;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.order.Order;
import io.atlas.kernel.order.Seat;
import io.atlas.order.Board;
import io.atlas.order.Company;
import io.atlas.time.TimeSource;
import io.atlas.upstream.Gate.Call;
import io.atlas.upstream.Gate.Entry;
import io.atlas.upstream.Gate.Place;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Two nodes' gates before one backend of four places, and an order that answers at once. */
class SharedGateTest {
    private static final int PLACES = 4;

    private long now;
    private final Order order = new Order();
    private final Board board = (_, places, word) -> CompletableFuture.completedFuture(order.hear(word, places, now));
    private final Gate one = gate("one");
    private final Gate two = gate("two");

    @Test
    void whatIsIdleAtANodeThatLeavesIsTheOthersAtOnce() {
        beat();
        beat();
        enter(two);
        two.leave(now);
        beat();
        for (int i = 0; i < PLACES - 1; i++) {
            assertThat(enter(one)).isInstanceOf(Entry.Free.class);
        }
    }

    @Test
    void whatANodeThatLeavesHasGivenUpItDoesNotUse() {
        beat();
        beat();
        two.leave(now);
        one.beat(0, now);
        Promise<Call> turn = Promise.promise();
        assertThat(two.enter(arrival(), turn, now)).isInstanceOf(Entry.Waiting.class);
        beat();
        assertThat(turn.future().result()).as("he is called in his turn").isInstanceOf(Call.Come.class);
    }

    @Test
    void theLastWordLeavesNothingBehind() {
        beat();
        beat();
        Place last = ((Entry.Free) enter(two)).place();
        two.leave(now);
        last.giveBack(1, 1, now);
        assertThat(two.end().toCompletableFuture()).isCompleted();
        beat(one);
        for (int i = 0; i < PLACES; i++) {
            assertThat(enter(one)).isInstanceOf(Entry.Free.class);
        }
    }

    @Test
    void thePlaceSaysByWhoseOrderItWasGiven() {
        beat();
        beat();
        Place held = ((Entry.Free) enter(one)).place();
        assertThat(held.order()).contains(Seat.Standing.LEASED);
        enter(one);
        enter(two);
        enter(two);
        Promise<Call> turn = Promise.promise();
        assertThat(one.enter(arrival(), turn, now)).isInstanceOf(Entry.Waiting.class);
        held.giveBack(1, 1, now);
        Call.Come come = (Call.Come) turn.future().result();
        assertThat(come.place().order()).contains(Seat.Standing.ORDERED);
    }

    private void beat() {
        beat(one);
        beat(two);
    }

    private void beat(Gate gate) {
        now += 20_000;
        gate.beat(0, now);
    }

    private static Arrival arrival() {
        return new Arrival(new Flow("acme", "", 0, 1), 100, 10, 1_000, Long.MAX_VALUE);
    }

    private Entry enter(Gate gate) {
        return gate.enter(arrival(), Promise.promise(), now);
    }

    private Gate gate(String node) {
        return new Gate(
                "gpu",
                new Capacity(PLACES, 10, Gate.WAITING_BYTES),
                new Guarantees(List.of(0)),
                new Tally(),
                Optional.of(new Company(node, () -> 2, board, TimeSource.system())));
    }
}
