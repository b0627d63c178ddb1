package io.atlas.store;

/**
 * The shared counters of one tenant, or of one model, cannot be asked at this moment: they are on their way to another
 * server. What was asked has not been done, and all the rest is there.
 */
public final class StoreBusy extends StoreAway {
    private static final long serialVersionUID = 1;

    public StoreBusy() {
        super("quota store: the keys are on their way to another server");
    }
}
