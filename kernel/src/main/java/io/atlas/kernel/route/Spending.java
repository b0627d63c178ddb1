package io.atlas.kernel.route;

import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.LimitSpec;

/**
 * Whether requests on a calendar limit are served as they are asked, or so that less of it is spent. Saving begins below
 * the low-water mark and ends five points above it, so that a hold which comes and goes does not change the model with
 * every request; at the latest where all of it is left.
 */
public enum Spending {
    FREELY,
    SAVING;

    private static final int HYSTERESIS_POINTS = 5;

    /**
     * What follows where the limit is that full; what is held counts as spent, as it may be.
     *
     * @param lowWater what is left when saving begins, in the unit of the kind; with 0 it never does
     */
    public Spending next(LimitSpec spec, Level level, long lowWater) {
        if (!spec.calendar() || lowWater == 0) {
            return FREELY;
        }
        long mark = switch (this) {
            case FREELY -> lowWater;
            case SAVING -> Math.min(spec.capacity(), lowWater + spec.share(HYSTERESIS_POINTS));
        };
        return level.remaining(spec) < mark ? SAVING : FREELY;
    }
}
