package io.atlas.elasticity;

/** What was asked of one limit since it was last looked at, in the unit of its kind. */
final class Asked {
    private long used;
    private long reserved;
    private long refused;
    private String lastRefused = "";
    private long lastRefusedAmount;

    /**
     * All of it.
     *
     * @param used by requests that have ended
     * @param reserved for these
     * @param refused to others, by their reservations
     */
    record Sum(long used, long reserved, long refused) {
        Sight.Rate inASecond(double seconds) {
            return new Sight.Rate(used / seconds, reserved / seconds, refused / seconds);
        }
    }

    /** A request was refused. One that is tried in several sizes is refused several times, and counts once. */
    synchronized void refused(String id, long amount) {
        if (!id.equals(lastRefused)) {
            lastRefused = id;
            lastRefusedAmount = amount;
            refused += amount;
        }
    }

    /** It is held after all, in another size: then it counts by its end. */
    synchronized void granted(String id) {
        if (id.equals(lastRefused)) {
            lastRefused = "";
            refused = Math.max(0, refused - lastRefusedAmount);
        }
    }

    /** A request has ended that had reserved so much and used so much. */
    synchronized void ended(long had, long actual) {
        reserved += had;
        used += actual;
    }

    /** What there is, to begin anew. */
    synchronized Sum take() {
        Sum sum = new Sum(used, reserved, refused);
        used = 0;
        reserved = 0;
        refused = 0;
        return sum;
    }
}
