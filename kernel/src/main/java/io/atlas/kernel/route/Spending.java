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
    private static final int WHOLE = 100;

    /** What follows where the limit is that full; what is held counts as spent, as it may be. */
    public Spending next(LimitSpec spec, Level level) {
        if (!spec.calendar() || spec.lowWaterPercent() == 0) {
            return FREELY;
        }
        int points = switch (this) {
            case FREELY -> spec.lowWaterPercent();
            case SAVING -> Math.min(WHOLE, spec.lowWaterPercent() + HYSTERESIS_POINTS);
        };
        return level.remaining(spec) < spec.share(points) ? SAVING : FREELY;
    }
}
