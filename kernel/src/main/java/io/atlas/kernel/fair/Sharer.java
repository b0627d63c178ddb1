package io.atlas.kernel.fair;

/** One who shares with others: a tenant within its band, a team within its tenant. */
abstract class Sharer {
    /** Counters are in so many parts of a unit of work; at a million tokens a second one lasts seventy years. */
    private static final long PARTS = 1 << 12;

    /** The work done for it by its weight. Who has least is next. Changed by {@link Turns} alone. */
    long counter;

    /** Which of those with equal counters has waited longest. Changed by {@link Turns} alone. */
    long since;

    int weight = 1;
    int running;
    /** The most work that one of its requests could be, of those since it last had none. */
    long largestCost;

    /** A counter's part for that work. Rounded up, so that no request is for nothing. */
    static long perWeight(long cost, int weight) {
        return Math.ceilDiv(cost * PARTS, (long) weight);
    }

    /** The work that a counter's part stands for. */
    static double cost(long counter, int weight) {
        return (double) counter * weight / PARTS;
    }
}
