package io.atlas.kernel.saving;

/**
 * A tenant that asks for one model.
 *
 * @param asks how much, in parts of what the slots can do
 * @param patienceMicros the longest that it is to wait
 */
record Customer(String name, Tier tier, String model, double asks, Purse purse, long patienceMicros) {
    /** What it is due, as in the example of the configuration. */
    enum Tier {
        ENTERPRISE(20, 16),
        PRO(10, 4),
        FREE(0, 1);

        final int priority;
        final int weight;

        Tier(int priority, int weight) {
            this.priority = priority;
            this.weight = weight;
        }
    }

    /** How far its budget goes. */
    enum Purse {
        /** Further than its wishes. */
        FULL,
        /** Not half of the way: it runs low, then out; then what stands in for it runs out, too. */
        SCANT,
        /** Low from the first request on, and never out. */
        LOW
    }
}
