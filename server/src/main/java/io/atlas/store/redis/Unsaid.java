package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** What the server could not be told, in the order in which it happened. It is told when the server is back as it was. */
final class Unsaid {
    /** More than that is not remembered: the ledger has it. */
    private static final int MOST = 100_000;

    sealed interface Thing {
        /**
         * A reservation ended.
         *
         * @param used what it used; nothing where it gives everything back
         */
        record Ending(Reservation reservation, Optional<Demand> used, boolean maybeSaid, long atMicros)
                implements Thing {}

        /** Something was used of this node's own share. */
        record Charge(List<Limit> limits, Demand used, long atMicros) implements Thing {}
    }

    private final Queue<Thing> things = new ArrayDeque<>();
    private boolean tooMany;

    synchronized void add(Thing thing) {
        if (things.size() < MOST) {
            things.add(thing);
        } else {
            tooMany = true;
        }
    }

    synchronized Optional<Thing> next() {
        return Optional.ofNullable(things.poll());
    }

    /** Something was said too late to be heard. */
    synchronized void lose() {
        tooMany = true;
    }

    /** Whether some were forgotten. */
    synchronized boolean incomplete() {
        return tooMany;
    }

    /** All of it is counted anew. */
    synchronized void clear() {
        things.clear();
        tooMany = false;
    }

    /** Tells one thing; blocks. */
    static void say(Steps steps, Thing thing) {
        switch (thing) {
            case Thing.Charge charge -> Link.await(steps.charge(charge.limits, charge.used, charge.atMicros));
            case Thing.Ending ending -> say(steps, ending);
        }
    }

    private static void say(Steps steps, Thing.Ending ending) {
        List<Limit> limits = ending.reservation.taken().stream()
                .map(Reservation.Taken::limit)
                .toList();
        if (ending.used.isEmpty()) {
            Link.await(steps.release(ending.reservation.id(), limits, ending.atMicros));
            return;
        }
        Demand used = ending.used.orElseThrow();
        boolean ended = Link.await(steps.settle(ending.reservation, used, ending.atMicros));
        if (!ended && !ending.maybeSaid) {
            // Nobody gave a sign of life for it meanwhile, so that it was let go of.
            List<Limit> lasting = limits.stream()
                    .filter(limit -> limit.spec().per().isPresent())
                    .toList();
            if (!lasting.isEmpty()) {
                Link.await(steps.charge(lasting, used, ending.atMicros));
            }
        }
    }
}
