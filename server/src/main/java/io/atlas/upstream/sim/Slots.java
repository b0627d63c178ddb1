package io.atlas.upstream.sim;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** The places of a server, and the queue before them, first come first served. Owned by the server's event loop. */
final class Slots {
    private final int places;
    private final int queue;
    private final Set<Runnable> served = new HashSet<>();
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    Slots(int places, int queue) {
        this.places = places;
        this.queue = queue;
    }

    /** Runs the visitor as soon as it has a place, now or later; false where even the queue is full. */
    boolean enter(Runnable visitor) {
        if (served.size() < places) {
            served.add(visitor);
            visitor.run();
            return true;
        }
        return waiting.size() < queue && waiting.add(visitor);
    }

    /** Takes the visitor off its place or out of the queue; nothing where it is in neither. */
    void leave(Runnable visitor) {
        if (served.remove(visitor)) {
            advance();
            return;
        }
        waiting.remove(visitor);
    }

    private void advance() {
        var queued = waiting.iterator();
        if (queued.hasNext()) {
            Runnable next = queued.next();
            queued.remove();
            served.add(next);
            next.run();
        }
    }
}
