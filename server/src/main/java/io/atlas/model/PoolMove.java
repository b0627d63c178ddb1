package io.atlas.model;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.unit.Period;
import java.time.Instant;
import java.util.Optional;

/**
 * Part of one pool's amount that another has instead, whatever the file says of both.
 *
 * @param kind of the limits on both sides
 * @param per their period
 * @param amount in the unit of the kind
 * @param actor who moved it
 * @param reason what for; empty where nothing was said
 * @param ends when it is as if it had never been; never where it is absent
 */
public record PoolMove(
        String id,
        String from,
        String to,
        Kind kind,
        Period per,
        long amount,
        String actor,
        String reason,
        Instant made,
        Optional<Instant> ends) {
    /** Whether it holds at that moment. */
    public boolean holds(Instant now) {
        return ends.isEmpty() || now.isBefore(ends.orElseThrow());
    }

    /** The limits that it changes: {@code tokens/minute}. */
    public String sort() {
        return kind.word() + "/" + per.word();
    }
}
