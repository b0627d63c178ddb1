package io.atlas.kernel.fair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final long NEVER = Long.MAX_VALUE;

    private final Guarantees guarantees = new Guarantees(List.of(10, 0));
    private final FairQueue<String> queue = new FairQueue<>(new Capacity(1, 4, 1_000), guarantees);

    @Test
    void whoComesToAFreePlaceHasIt() {
        assertThat(come("a", "1")).isInstanceOf(Admission.Started.class);
        assertThat(come("a", "2")).isInstanceOf(Admission.Queued.class);
        assertThat(queue.running()).isEqualTo(1);
        assertThat(queue.waiting()).isEqualTo(1);
        assertThat(queue.next(0)).isEmpty();
    }

    @Test
    void whoCameFirstOfOneTenantIsServedFirst() {
        Ticket<String> running = started(come("a", "1"));
        come("a", "2");
        come("a", "3");
        assertThat(order(running, 2)).containsExactly("2", "3");
    }

    @Test
    void tenantsTakeTurnsHoweverManyRequestsOneHas() {
        Ticket<String> running = started(come("a", "a1"));
        come("a", "a2");
        come("a", "a3");
        come("b", "b1");
        come("b", "b2");
        assertThat(order(running, 4)).containsExactly("b1", "a2", "b2", "a3");
    }

    @Test
    void teamsOfATenantTakeTurns() {
        Ticket<String> running = started(come(new Flow("a", "x", 0, 1), "x1"));
        come(new Flow("a", "x", 0, 1), "x2");
        come(new Flow("a", "x", 0, 1), "x3");
        come(new Flow("a", "y", 0, 1), "y1");
        come(new Flow("a", "y", 0, 1), "y2");
        assertThat(order(running, 4)).containsExactly("y1", "x2", "y2", "x3");
    }

    @Test
    void theHigherBandGoesFirst() {
        Ticket<String> running = started(come("a", "a1"));
        come(new Flow("low", "", 0, 1), "low");
        come(new Flow("high", "", 10, 1), "high");
        assertThat(order(running, 2)).containsExactly("high", "low");
    }

    @Test
    void whoLeavesIsNotCalledAndLeavesOnce() {
        Ticket<String> running = started(come("a", "1"));
        Ticket<String> gone = queued(come("b", "2")).ticket();
        come("c", "3");
        assertThat(queue.leave(gone)).isTrue();
        assertThat(queue.leave(gone)).isFalse();
        assertThat(queue.leave(running)).isFalse();
        assertThat(order(running, 1)).containsExactly("3");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void whoseDeadlineIsOverIsToldAndNotServed() {
        Ticket<String> running = started(come("a", "1"));
        queue.arrive(arrival(new Flow("b", "", 0, 1), 100, 50), "late", 0);
        come("c", "3");
        queue.settle(running, 100, 10, 60);
        assertThat(queue.next(60)).containsInstanceOf(Turn.Expired.class);
        assertThat(queue.next(60)).containsInstanceOf(Turn.Called.class);
    }

    @Test
    void nobodyIsServedBeforeHisTurnOrSettledTwice() {
        Ticket<String> waiting;
        Ticket<String> running = started(come("a", "1"));
        waiting = queued(come("a", "2")).ticket();
        assertThatThrownBy(() -> queue.settle(waiting, 1, 1, 1)).isInstanceOf(IllegalStateException.class);
        queue.settle(running, 1, 1, 1);
        assertThatThrownBy(() -> queue.settle(running, 1, 1, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theWholeQueueIsThereForOneWhoIsAlone() {
        started(come("a", "1"));
        for (String name : List.of("2", "3", "4", "5")) {
            queued(come("a", name));
        }
        assertThat(come("a", "6")).isEqualTo(new Admission.Refused<>(Admission.Why.FULL, OptionalLong.empty()));
    }

    @Test
    void whoHasMoreThanAllOthersGivesWay() {
        started(come("a", "1"));
        for (String name : List.of("2", "3", "4", "5")) {
            queued(come("a", name));
        }
        assertThat(displaced(come("b", "b1"))).contains("5");
        assertThat(displaced(come("b", "b2"))).contains("4");
        assertThat(come("b", "b3")).isInstanceOf(Admission.Refused.class);
        assertThat(come("a", "6")).isInstanceOf(Admission.Refused.class);
        assertThat(queue.waiting()).isEqualTo(4);
    }

    @Test
    void aLowerBandGivesWayToAHigherOneAndNotTheOtherWayRound() {
        started(come("a", "1"));
        for (String name : List.of("2", "3", "4", "5")) {
            queued(come(new Flow("low", "", 0, 1), name));
        }
        assertThat(displaced(come(new Flow("high", "", 10, 1), "h1"))).contains("5");
        assertThat(come(new Flow("lower", "", 0, 1), "l")).isInstanceOf(Admission.Queued.class);
        assertThat(queue.waiting()).isEqualTo(4);
    }

    @Test
    void whatWaitsIsBoundedInBytesToo() {
        started(come("a", "1"));
        Flow a = new Flow("a", "", 0, 1);
        Flow b = new Flow("b", "", 0, 1);
        queued(queue.arrive(arrival(a, 400, NEVER), "first", 0));
        queued(queue.arrive(arrival(a, 500, NEVER), "second", 0));
        assertThat(queue.arrive(arrival(a, 200, NEVER), "third", 0)).isInstanceOf(Admission.Refused.class);
        assertThat(queue.arrive(arrival(b, 700, NEVER), "too large", 0)).isInstanceOf(Admission.Refused.class);
        assertThat(displaced(queue.arrive(arrival(b, 200, NEVER), "b", 0))).contains("second");
    }

    @Test
    void morePlacesCallAtOnceAndFewerWaitUntilEnoughHaveLeft() {
        Ticket<String> one = started(come("a", "1"));
        come("a", "2");
        queue.resize(new Capacity(2, 4, 1_000), guarantees);
        Ticket<String> two = called(queue.next(0));
        come("a", "3");
        queue.resize(new Capacity(1, 4, 1_000), guarantees);
        queue.settle(one, 1, 1, 1);
        assertThat(queue.next(1)).isEmpty();
        queue.settle(two, 1, 1, 1);
        assertThat(called(queue.next(1)).kept()).isEqualTo("3");
    }

    @Test
    void theWaitIsPredictedAndWhoCannotWaitSoLongIsRefusedAtOnce() {
        Ticket<String> running = started(come("a", "0"));
        long now = 0;
        for (int i = 1; i <= 20; i++) {
            queued(queue.arrive(arrival(new Flow("a", "", 0, 1), 100, NEVER), "n" + i, now));
            now += 1_000;
            queue.settle(running, 100, 10, now);
            running = called(queue.next(now));
        }
        Admission.Queued<String> first = queued(queue.arrive(arrival(new Flow("a", "", 0, 1), 100, NEVER), "x", now));
        Admission.Queued<String> second = queued(queue.arrive(arrival(new Flow("a", "", 0, 1), 100, NEVER), "y", now));
        assertThat(first.quote().place()).isEqualTo(1);
        assertThat(second.quote().place()).isEqualTo(2);
        assertThat(first.quote().waitMicros().orElseThrow()).isBetween(400L, 1_600L);
        assertThat(second.quote().waitMicros().orElseThrow()).isBetween(1_400L, 2_600L);

        var refused = queue.arrive(arrival(new Flow("a", "", 0, 1), 100, now + 1_000), "z", now);
        assertThat(refused).isInstanceOfSatisfying(Admission.Refused.class, no -> {
            assertThat(no.why()).isEqualTo(Admission.Why.TOO_LATE);
            assertThat(no.waitMicros().orElseThrow()).isBetween(2_400L, 3_600L);
        });
    }

    @Test
    void whoHadMoreThanOthersIsForetoldNoMoreThanWhatIsThere() {
        Ticket<String> running = started(come("a", "0"));
        for (int i = 1; i <= 20; i++) {
            queue.settle(running, 100, 10, 1_000L * i);
            running = started(queue.arrive(arrival(new Flow("a", "", 0, 1), 100, NEVER), "n" + i, 1_000L * i));
        }
        queue.settle(running, 100, 10, 21_000);
        Flow large = new Flow("large", "", 0, 1);
        started(queue.arrive(new Arrival(large, 100_000, 20, 100, NEVER), "large", 21_000));
        queued(queue.arrive(arrival(new Flow("b", "", 0, 1), 100, NEVER), "small", 21_000));

        // 120 of work are before it and not 100,000, whoever is due sooner: nobody else is there.
        var next = queued(queue.arrive(arrival(large, 100, 26_000), "next", 21_000));
        assertThat(next.quote().waitMicros().orElseThrow()).isBetween(500L, 2_000L);
    }

    @Test
    void whoIsGoneAltogetherIsForgotten() {
        for (int i = 0; i < 10_000; i++) {
            Ticket<String> running = started(come("tenant-" + i, "r"));
            queue.settle(running, 100, 10, i);
        }
        assertThat(queue.tenants()).isLessThan(200);
        assertThat(queue.bound()).isZero();
    }

    @Test
    void theBoundIsThatOfTheTwoWhoCanBeFurthestApart() {
        started(come("a", "1"));
        come("a", "2");
        assertThat(queue.bound()).as("nobody to be apart from").isZero();
        come("b", "3");
        // Of a: 20 tokens of output in flight at 2 each, and a request of 140; of b: a request of 140.
        assertThat(queue.bound()).isEqualTo(40 + 140 + 140);
    }

    private Admission<String> come(String tenant, String name) {
        return come(new Flow(tenant, "", 0, 1), name);
    }

    private Admission<String> come(Flow flow, String name) {
        return queue.arrive(arrival(flow, 100, NEVER), name, 0);
    }

    private static Arrival arrival(Flow flow, long bytes, long deadlineMicros) {
        return new Arrival(flow, 100, 20, bytes, deadlineMicros);
    }

    private List<String> order(Ticket<String> running, int count) {
        List<String> order = new ArrayList<>();
        Ticket<String> last = running;
        for (int i = 0; i < count; i++) {
            queue.settle(last, 100, 20, i);
            last = called(queue.next(i));
            order.add(last.kept());
        }
        return order;
    }

    private static Ticket<String> started(Admission<String> admission) {
        return ((Admission.Started<String>) admission).ticket();
    }

    private static Admission.Queued<String> queued(Admission<String> admission) {
        return (Admission.Queued<String>) admission;
    }

    private static Optional<String> displaced(Admission<String> admission) {
        return queued(admission).displaced().map(Ticket::kept);
    }

    private static Ticket<String> called(Optional<Turn<String>> turn) {
        return ((Turn.Called<String>) turn.orElseThrow()).ticket();
    }
}
