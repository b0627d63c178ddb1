package io.atlas.kernel.fair;

import io.atlas.kernel.order.Seat;
import io.atlas.kernel.unit.Check;
import java.util.Optional;

/**
 * How much of a backend is one queue's, where several share it.
 *
 * @param slots so many may be there before the queue gives no more places by itself
 * @param likelySlots about so many it will have while somebody waits, to foretell by
 * @param order who says whose turn it is; empty where no other queue is before the backend
 */
public record Share(int slots, int likelySlots, Optional<Seat.Standing> order) {
    /** All of it. */
    public static final Share ALL = new Share(Integer.MAX_VALUE, Integer.MAX_VALUE, Optional.empty());

    public Share {
        Check.within(0, slots, Integer.MAX_VALUE, "slots");
        Check.within(1, likelySlots, Integer.MAX_VALUE, "likelySlots");
    }
}
