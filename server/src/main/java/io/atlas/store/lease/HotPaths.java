package io.atlas.store.lease;

import io.atlas.kernel.lease.Heat;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Which tenants' paths are asked for so often that their limits are leased too. Paths are told apart by their narrowest
 * limit, in a table that does not grow: two that share a row are taken for hot together, and then one of them holds in
 * advance what it hardly needs, for a moment.
 */
final class HotPaths {
    private static final int ROWS = 1_024;

    private final LongSupplier micros;
    private final Heat[] rows = new Heat[ROWS];

    HotPaths(LongSupplier micros) {
        this.micros = micros;
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new Heat();
        }
    }

    /** A request came by a tenant's limits; says whether the path is hot. That of one person behind a key is never. */
    boolean asked(List<Limit> own) {
        if (own.isEmpty() || own.getLast().place() instanceof Place.OfEndUser) {
            return false;
        }
        Heat heat = row(own);
        synchronized (heat) {
            return heat.asked(micros.getAsLong());
        }
    }

    /** There was not enough to be leased. */
    void cool(List<Limit> own) {
        Heat heat = row(own);
        synchronized (heat) {
            heat.cool(micros.getAsLong());
        }
    }

    private Heat row(List<Limit> own) {
        int hash = own.getLast().id().hashCode();
        return rows[(hash ^ hash >>> Short.SIZE) & ROWS - 1];
    }
}
