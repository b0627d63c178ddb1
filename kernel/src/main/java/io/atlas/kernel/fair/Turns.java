package io.atlas.kernel.fair;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Whose turn it is among those who share and have something waiting: his whose counter is least.
 *
 * <p>Who comes back is lifted to the least counter of those who wait, so that time in which he asked for nothing does not
 * count for him later. As long as something of his is still being served he is not away, only quick: he keeps up to one
 * request of what he is behind by ({@link Lift}).
 */
final class Turns<S extends Sharer> {
    /** How far below the others one may begin who comes back; a seam at which tests plant errors. */
    interface Lift {
        /** In parts of a counter. */
        long credit(Sharer sharer);

        /** The rule: one request, as long as another one is running. */
        Lift ONE_REQUEST = sharer -> sharer.running > 0 ? Sharer.perWeight(sharer.largestCost, sharer.weight) : 0;
    }

    private final TreeSet<S> waiting = new TreeSet<>(
            Comparator.comparingLong((S sharer) -> sharer.counter).thenComparingLong(sharer -> sharer.since));
    private final Lift lift;
    private long virtualTime;
    private long insertions;

    Turns(Lift lift) {
        this.lift = lift;
    }

    /** The least counter of those who wait; what it last was while nobody waits. */
    long virtualTime() {
        if (!waiting.isEmpty()) {
            virtualTime = waiting.first().counter;
        }
        return virtualTime;
    }

    /** The counter that he would begin with now. */
    long lifted(S sharer) {
        return waiting.contains(sharer)
                ? sharer.counter
                : Math.max(sharer.counter, virtualTime() - lift.credit(sharer));
    }

    /** He has something waiting from now on. */
    void join(S sharer) {
        sharer.counter = lifted(sharer);
        insert(sharer);
    }

    /** He has nothing waiting any more; his counter stays. */
    void leave(S sharer) {
        virtualTime();
        waiting.remove(sharer);
    }

    /** Adds to his counter, or gives back. */
    void charge(S sharer, long parts) {
        if (waiting.remove(sharer)) {
            sharer.counter += parts;
            insert(sharer);
        } else {
            sharer.counter += parts;
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    Stream<S> stream() {
        return waiting.stream();
    }

    S first() {
        return waiting.first();
    }

    /** Any order would do: of one who must give something up it only matters that there is one. */
    S last() {
        return waiting.last();
    }

    private void insert(S sharer) {
        sharer.since = ++insertions;
        waiting.add(sharer);
    }
}
