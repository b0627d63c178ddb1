package io.atlas.upstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private final Slots slots = new Slots(1, 2);
    private final List<String> served = new ArrayList<>();
    private final Runnable first = visitor("first");
    private final Runnable second = visitor("second");
    private final Runnable third = visitor("third");

    @Test
    void whoComesFirstIsServedFirst() {
        assertThat(slots.enter(first) && slots.enter(second) && slots.enter(third))
                .isTrue();
        assertThat(served).containsExactly("first");

        slots.leave(first);
        slots.leave(second);

        assertThat(served).containsExactly("first", "second", "third");
    }

    @Test
    void aFullQueueTurnsAway() {
        assertThat(slots.enter(first) && slots.enter(second) && slots.enter(third))
                .isTrue();

        assertThat(slots.enter(visitor("fourth"))).isFalse();
    }

    @Test
    void whoLeavesTheQueueIsNeverServed() {
        assertThat(slots.enter(first) && slots.enter(second) && slots.enter(third))
                .isTrue();

        slots.leave(second);
        slots.leave(first);

        assertThat(served).containsExactly("first", "third");
    }

    @Test
    void whoLeavesTwiceFreesOnePlace() {
        assertThat(slots.enter(first) && slots.enter(second) && slots.enter(third))
                .isTrue();

        slots.leave(first);
        slots.leave(first);

        assertThat(served).containsExactly("first", "second");
    }

    private Runnable visitor(String name) {
        return new Runnable() {
            @Override
            public void run() {
                served.add(name);
            }
        };
    }
}
