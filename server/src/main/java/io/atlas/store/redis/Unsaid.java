package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the server could not be told, in the order in which it happened. It is told when the server is back as it was. */
final class Unsaid {
    /** More than that is not remembered: the ledger has it. */
    private static final int MOST = 100_000;

    /** Told together: one after the other each would take its own way there and back. */
    private static final int AT_ONCE = 200;

    sealed interface Thing {
        /**
         * A reservation ended.
         *
         * @param used what it used; nothing where it gives everything back
         */
        record Ending(String id, List<Limit> limits, Optional<Demand> used, boolean maybeSaid, long atMicros)
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

    /** The next of them, and no more than that at a time. */
    synchronized List<Thing> next() {
        List<Thing> next = new ArrayList<>();
        while (next.size() < AT_ONCE && !things.isEmpty()) {
            next.add(things.remove());
        }
        return next;
    }

    /** Whether there is any. */
    synchronized boolean waits() {
        return !things.isEmpty();
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

    /**
     * Gives back what may be held under that name; a server that does not hear it is told when it is back. It would be held
     * else for as long as a reservation lives without its node.
     */
    void letGo(Steps steps, String id, List<Limit> limits, long nowMicros) {
        steps.release(id, limits, nowMicros).whenComplete((_, failure) -> {
            if (failure != null) {
                add(new Thing.Ending(id, limits, Optional.empty(), true, nowMicros));
            }
        });
    }

    /** Tells one thing. */
    static CompletionStage<Void> say(Steps steps, Thing thing) {
        return switch (thing) {
            case Thing.Charge charge -> steps.charge(charge.limits, charge.used, charge.atMicros);
            case Thing.Ending ending -> say(steps, ending);
        };
    }

    private static CompletionStage<Void> say(Steps steps, Thing.Ending ending) {
        if (ending.used.isEmpty()) {
            return steps.release(ending.id, ending.limits, ending.atMicros).thenAccept(_ -> {});
        }
        Demand used = ending.used.orElseThrow();
        return steps.settle(ending.id, ending.limits, used, ending.atMicros).thenCompose(ended -> {
            // Where nobody gave a sign of life for it meanwhile, it was let go of.
            List<Limit> lasting = ended || ending.maybeSaid
                    ? List.of()
                    : ending.limits.stream()
                            .filter(limit -> limit.spec().per().isPresent())
                            .toList();
            return lasting.isEmpty()
                    ? CompletableFuture.completedStage(null)
                    : steps.charge(lasting, used, ending.atMicros);
        });
    }
}
