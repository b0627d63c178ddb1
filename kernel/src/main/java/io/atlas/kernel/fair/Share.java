package io.atlas.kernel.fair;

import io.atlas.kernel.unit.Check;

/**
 * How much of a backend is one queue's, where several share it.
 *
 * @param slots so many may be there before the queue gives no more places by itself
 * @param likelySlots about so many it will have while somebody waits, to foretell by
 */
public record Share(int slots, int likelySlots) {
    /** All of it. */
    public static final Share ALL = new Share(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Share {
        Check.within(0, slots, Integer.MAX_VALUE, "slots");
        Check.within(1, likelySlots, Integer.MAX_VALUE, "likelySlots");
    }
}
