package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.telemetry.Telemetry;
import io.atlas.upstream.Gate.Entry;
import io.atlas.upstream.Gate.Place;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
    private final Tally tally = new Tally();
    private final Gate gate = new Gate("gpu", 1, 2, tally);

    @Test
    void whoComesFirstIsServedFirst() {
        Place first = free(gate);
        List<String> served = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            Promise<Place> turn = Promise.promise();
            turn.future().onSuccess(place -> {
                served.add(name);
                places.add(place);
            });
            assertThat(gate.enter(0, turn)).isInstanceOf(Entry.Waiting.class);
        }
        assertThat(gate.enter(0, Promise.promise())).isInstanceOf(Entry.Full.class);
        first.giveBack();
        assertThat(served).containsExactly("a");
        places.getFirst().giveBack();
        assertThat(served).containsExactly("a", "b");
        places.getLast().giveBack();
        assertThat(tally.inflight).hasValue(0);
        assertThat(tally.queued).hasValue(0);
        free(gate);
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        Place first = free(gate);
        first.giveBack();
        first.giveBack();
        free(gate);
        assertThat(gate.enter(0, Promise.promise())).isInstanceOf(Entry.Waiting.class);
        assertThat(tally.inflight).hasValue(1);
    }

    @Test
    void whoLeavesTheQueueIsNotCalled() {
        Place first = free(gate);
        Promise<Place> gone = Promise.promise();
        Entry.Waiting waiting = (Entry.Waiting) gate.enter(0, gone);
        Promise<Place> stays = Promise.promise();
        gate.enter(0, stays);
        assertThat(waiting.ticket().leave()).isTrue();
        assertThat(waiting.ticket().leave()).isFalse();
        first.giveBack();
        assertThat(gone.future().isComplete()).isFalse();
        assertThat(stays.future().succeeded()).isTrue();
    }

    @Test
    void aPlaceThatNobodyTakesIsFreeAgain() {
        Place first = free(gate);
        Promise<Place> decided = Promise.promise();
        gate.enter(0, decided);
        decided.fail("the caller has gone");
        first.giveBack();
        free(gate);
    }

    private static Place free(Gate gate) {
        return ((Entry.Free) gate.enter(0, Promise.promise())).place();
    }

    /** Counts what the gate tells. */
    private static final class Tally implements Telemetry {
        private final AtomicInteger inflight = new AtomicInteger();
        private final AtomicInteger queued = new AtomicInteger();

        @Override
        public void finished(Receipt receipt, Timings timings) {}

        @Override
        public void inflight(String backend, int change) {
            inflight.addAndGet(change);
        }

        @Override
        public void queued(int priority, int change) {
            queued.addAndGet(change);
        }

        @Override
        public void backendError(String backend, String kind) {}

        @Override
        public void overshot() {}

        @Override
        public void backendUp(String backend, Reach reach) {}
    }
}
