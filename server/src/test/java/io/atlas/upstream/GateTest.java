package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.Flow;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.upstream.Gate.Call;
import io.atlas.upstream.Gate.Entry;
import io.atlas.upstream.Gate.Place;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final Guarantees GUARANTEES = new Guarantees(List.of(0));

    private final Tally tally = new Tally();
    private final Gate gate = new Gate("gpu", capacity(1), GUARANTEES, tally);
    private final List<String> served = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    @Test
    void whoComesFirstOfOneTenantIsServedFirst() {
        Place first = free("a");
        waits("a", "1");
        waits("a", "2");
        assertThat(enter("a", Promise.promise())).isInstanceOf(Entry.Refused.class);
        giveBack(first);
        assertThat(served).containsExactly("1");
        giveBack(places.getFirst());
        assertThat(served).containsExactly("1", "2");
        giveBack(places.getLast());
        assertThat(tally.inflight).hasValue(0);
        assertThat(tally.queued).hasValue(0);
        assertThat(gate.empty()).isTrue();
    }

    @Test
    void whoHasLessComesBeforeWhoCameFirst() {
        Place first = free("a");
        waits("a", "second of a");
        waits("b", "first of b");
        giveBack(first);
        assertThat(served).containsExactly("first of b");
    }

    @Test
    void whoHasMostOfAFullQueueMakesRoom() {
        free("a");
        Promise<Call> second = Promise.promise();
        enter("a", Promise.promise());
        enter("a", second);
        assertThat(enter("b", Promise.promise())).isInstanceOf(Entry.Waiting.class);
        assertThat(second.future().result()).isInstanceOf(Call.MakeRoom.class);
        assertThat(tally.queued).hasValue(2);
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        Place first = free("a");
        giveBack(first);
        giveBack(first);
        free("a");
        assertThat(enter("a", Promise.promise())).isInstanceOf(Entry.Waiting.class);
        assertThat(tally.inflight).hasValue(1);
    }

    @Test
    void whoLeavesTheQueueIsNotCalled() {
        Place first = free("a");
        Promise<Call> gone = Promise.promise();
        Entry.Waiting waiting = (Entry.Waiting) enter("a", gone);
        waits("a", "stays");
        assertThat(waiting.waiter().leave()).isTrue();
        assertThat(waiting.waiter().leave()).isFalse();
        giveBack(first);
        assertThat(gone.future().isComplete()).isFalse();
        assertThat(served).containsExactly("stays");
    }

    @Test
    void aPlaceThatNobodyTakesIsFreeAgain() {
        Place first = free("a");
        Promise<Call> decided = Promise.promise();
        enter("a", decided);
        decided.fail("the caller has gone");
        giveBack(first);
        free("a");
    }

    @Test
    void morePlacesCallWhoWaits() {
        free("a");
        waits("a", "next");
        gate.resize(capacity(2), GUARANTEES, 0);
        assertThat(served).containsExactly("next");
    }

    private static Capacity capacity(int places) {
        return new Capacity(places, 2, Gate.WAITING_BYTES);
    }

    private Entry enter(String tenant, Promise<Call> turn) {
        Flow flow = new Flow(tenant, "", 0, 1);
        return gate.enter(new Arrival(flow, 100, 10, 1_000, Long.MAX_VALUE), turn, 0);
    }

    private void waits(String tenant, String name) {
        Promise<Call> turn = Promise.promise();
        turn.future().onSuccess(call -> {
            served.add(name);
            places.add(((Call.Come) call).place());
        });
        assertThat(enter(tenant, turn)).isInstanceOf(Entry.Waiting.class);
    }

    private Place free(String tenant) {
        return ((Entry.Free) enter(tenant, Promise.promise())).place();
    }

    private static void giveBack(Place place) {
        place.giveBack(100, 10, 1_000);
    }
}
