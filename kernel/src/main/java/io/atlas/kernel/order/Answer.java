package io.atlas.kernel.order;

import java.util.List;

/** What a node hears when it has said something. */
public sealed interface Answer {
    /** Nobody waits anywhere: it may have so many requests at the backend, in whatever order it likes. */
    record Leased(int slots) implements Answer {}

    /**
     * Somebody waits: a place that comes free is everybody's.
     *
     * @param calls whose turn it is at this node, as places in the list of its bids; one place for each
     */
    record Ordered(List<Integer> calls) implements Answer {
        public Ordered {
            calls = List.copyOf(calls);
        }
    }
}
