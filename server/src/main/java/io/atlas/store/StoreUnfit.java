package io.atlas.store;

/** The store is there, and may not keep counters as it is. */
public final class StoreUnfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What it is, and what was expected. */
    public StoreUnfit(String message) {
        super(message);
    }
}
