package io.atlas.kernel.route;

import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;

/**
 * A calendar limit on which saving has begun, and how full it is.
 *
 * @param lowWater what is left of it when saving begins, in the unit of its kind
 */
public record Shortage(Limit limit, Level level, long lowWater) {
    /** Of one whose mark is a share of it. */
    public Shortage(Limit limit, Level level) {
        this(limit, level, limit.spec().lowWater());
    }

    /** What is left of it. */
    long remaining() {
        return level.remaining(limit.spec());
    }

    /** What is left of what there was at the low-water mark, at most 1: the part of its wish that a request may spend. */
    public double share() {
        return Math.min(1, remaining() / (double) Math.max(1, lowWater));
    }

    /** Whether a request counts on it if that model serves it. */
    boolean counts(Rung rung) {
        boolean ofOther =
                limit.place() instanceof Place.OfModel of && !of.model().equals(rung.model());
        return !ofOther && limit.spec().narrowing().covers(rung.model(), rung.modelClass());
    }
}
