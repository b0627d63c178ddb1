package io.atlas.store;

/** The counters cannot be asked, and what they would say may not be guessed. */
public sealed class StoreAway extends RuntimeException permits StoreBusy {
    private static final long serialVersionUID = 1;

    /** With what was tried, and why it cannot be. */
    public StoreAway(String message) {
        super(message);
    }
}
