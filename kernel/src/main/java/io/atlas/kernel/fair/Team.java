package io.atlas.kernel.fair;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** The requests of one team, first come, first served. */
final class Team<T> extends Sharer {
    final String name;
    final Tenant<T> tenant;
    final SequencedSet<Ticket<T>> line = new LinkedHashSet<>();
    /** The work that waits, as it is taken to be. */
    long waitingCost;

    Team(String name, Tenant<T> tenant) {
        this.name = name;
        this.tenant = tenant;
    }
}
