package io.atlas.store.lease;

/** What the desks of a node stand on. */
public interface Floor {
    /** Where the limits are counted. */
    Lender lender();

    /** Time that passes evenly, in microseconds: not the time of day. */
    long micros();

    /** Another name for a lease, which no other of this node has had. */
    String name();

    /** Into how many parts what is left of a limit is divided, one of which a node may hold to spare. */
    long shares();

    /** Whether the lender is not to be spoken to now. */
    boolean away();

    /** The lender did not hear something, or not in time. */
    void failed(Throwable failure);

    /** The lender took this node for dead, and what its requests had used with it. */
    void disowned();
}
