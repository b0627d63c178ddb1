package io.atlas.kernel.quota;

import java.util.Arrays;
import java.util.List;

/**
 * The limits that one request has to fit, from the widest place to the narrowest. A path that serves many requests
 * remembers the meters that a store found for it: one look instead of one for each limit, which is what a hundred
 * thousand keys would wait for. Guarded by the lock of that store, the only one that serves by it.
 */
public final class LimitPath {
    /** Stands for the time in which a store keeps the same meters; there is no other of its kind. */
    public static final class Epoch {}

    private static final Epoch NONE = new Epoch();

    private final List<Limit> limits;
    private Epoch epoch = NONE;

    /** No list that is kept: of a path that was not asked for lately each object on the way to the meters is waited for. */
    private Meter[] meters = {};

    /** Through these limits. */
    public LimitPath(List<Limit> limits) {
        this.limits = List.copyOf(limits);
    }

    /** What it leads through. */
    public List<Limit> limits() {
        return limits;
    }

    /** The meters that it was bound to in that epoch of a store; none where it was not. */
    public List<Meter> meters(Epoch epoch) {
        return this.epoch == epoch ? Arrays.asList(meters) : List.of();
    }

    /** Remembers the meters of its limits, which are the same as long as that epoch lasts. */
    public void bind(Epoch epoch, List<Meter> meters) {
        this.epoch = epoch;
        this.meters = meters.toArray(Meter[]::new);
    }
}
