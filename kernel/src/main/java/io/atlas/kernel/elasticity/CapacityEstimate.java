package io.atlas.kernel.elasticity;

import java.util.OptionalDouble;

/**
 * How much of one unit can be served in a second, learned from how much was, and from how full the fullest backend was
 * meanwhile. By Little's law what is served is the places in use by the time that each is held; so what is served by the
 * share of places in use is what all places would serve, as long as answers take no longer. They do take longer, so that
 * this is too much at first, and truer the fuller the backend is. Of little use it says only how much there is at least:
 * then the last estimate stays, or rises to that.
 */
public final class CapacityEstimate {
    private static final double LEAST_USE = 0.05;
    private static final double HALF_LIFE_SECONDS = 15;

    private double perSecond = Double.NaN;

    /**
     * So much was served in a second, over some seconds.
     *
     * @param use the share of places in use, 1 where somebody waited for one
     */
    public void observe(double served, double use, double seconds) {
        if (served <= 0) {
            return;
        }
        double seen = served / Math.clamp(use, LEAST_USE, 1);
        if (Double.isNaN(perSecond)) {
            perSecond = seen;
        } else if (use < LEAST_USE) {
            perSecond = Math.max(perSecond, seen);
        } else {
            double keep = Math.pow(0.5, seconds / HALF_LIFE_SECONDS);
            perSecond = keep * perSecond + (1 - keep) * seen;
        }
    }

    /** What was learned; nothing before anything was served. */
    public OptionalDouble perSecond() {
        return Double.isNaN(perSecond) ? OptionalDouble.empty() : OptionalDouble.of(perSecond);
    }
}
