package io.atlas.kernel.route;

/**
 * The mean of what was lately seen, and how far it is spread: of about so many of the last samples, and with every half
 * life half of what was seen before is forgotten. The variance is kept by West's method for weighted samples (1979).
 *
 * @param weight of all samples at the time of the last one
 */
record Fading(double weight, double mean, double variance, long atMicros) {
    static final Fading NOTHING = new Fading(0, 0, 0, 0);

    /** With a sample more. */
    Fading with(double sample, long nowMicros, int most) {
        double before = Math.min(weight(nowMicros), most - 1.0);
        double all = before + 1;
        double off = sample - mean;
        return new Fading(
                all, mean + off / all, before / all * (variance + off * off / all), Math.max(atMicros, nowMicros));
    }

    /** What is left of the weight by now. */
    double weight(long nowMicros) {
        return weight == 0
                ? 0
                : weight * Math.pow(0.5, Math.max(0, nowMicros - atMicros) / (double) Experience.HALF_LIFE_MICROS);
    }

    /** The value that lies so many standard deviations off the mean. */
    double at(double deviations) {
        return mean + deviations * Math.sqrt(variance);
    }
}
