package io.atlas.kernel.fair;

import io.atlas.kernel.capacity.Scarce;
import io.atlas.kernel.capacity.Stay;
import io.atlas.kernel.order.Seat;
import java.util.Optional;

/**
 * One request at the queue, from its arrival to its end.
 *
 * @param <T> what the caller of the queue keeps with a request
 */
public final class Ticket<T> {
    /** Where a request is. */
    enum State {
        WAITING,
        RUNNING,
        OVER
    }

    private final Arrival arrival;
    private final T kept;
    final Team<T> team;
    State state = State.WAITING;
    /** The work that it is taken to be. */
    long charged;
    /** The tokens of output that are part of it. */
    long chargedOutput;
    /** The weight that it was charged by, so that a refund is by the same. */
    int weight;

    long arrivedMicros;
    long startedMicros;
    Optional<Stay> stay = Optional.empty();
    Optional<Scarce> heldFor = Optional.empty();
    Optional<Seat.Standing> order = Optional.empty();

    Ticket(Arrival arrival, T kept, Team<T> team) {
        this.arrival = arrival;
        this.kept = kept;
        this.team = team;
    }

    /** As it came. */
    public Arrival arrival() {
        return arrival;
    }

    /** What the caller of the queue keeps with it. */
    public T kept() {
        return kept;
    }

    /** What those who waited before the backend last waited for, when its own turn came. */
    public Optional<Scarce> heldFor() {
        return heldFor;
    }

    /** Who said that its own turn came; empty where the backend is this queue's alone. */
    public Optional<Seat.Standing> order() {
        return order;
    }

    /** How many tokens it may write, once it is being served, before it has to say so by {@link FairQueue#extend}. */
    public long paidOutputTokens() {
        return chargedOutput;
    }

    /** What was charged for output that may not be written. */
    long unused() {
        return charged - arrival.costOf(0);
    }

    /** What it may still be charged for. */
    long overrun() {
        return Math.max(0, arrival.maxCost() - charged);
    }

    Tenant<T> tenant() {
        return team.tenant;
    }
}
