package io.atlas.kernel.capacity;

import io.atlas.kernel.unit.Check;

/**
 * What a backend is given less of while it shows that it has too much, and again more of when it does not: down by a part,
 * up by a little, once a second (additive increase and multiplicative decrease; "Analysis of the Increase and Decrease
 * Algorithms for Congestion Avoidance", Chiu and Jain, 1989). It is raised only where somebody was held back by it.
 */
final class Trim {
    /** Of its memory for tokens: the rest is for answers that get longer than was estimated. */
    private static final double KV_PART = 0.9;

    private static final double LEAST_KV = 0.3;
    private static final double MOST_KV = 1.3;
    private static final double LESS_KV = 0.95;
    private static final double MORE_KV = 0.01;
    private static final double FULL = 0.95;
    private static final double NEARLY_FULL = 0.9;
    /** Of those who are there, in its own queue. */
    private static final double MANY_WAIT = 0.05;

    private static final double LESS = 0.7;
    /** Less than what it has now, if not much. */
    private static final double LESS_THAN_NOW = 0.9;

    private static final double RAISE_PARTS = 16;

    private int bound;
    private double requests;
    private double kv = 1;
    private boolean knowsMemory;
    private boolean refused;
    private boolean slow;
    private boolean beganAgain;
    private boolean heldByRequests;
    private boolean heldByKv;

    Trim(int bound) {
        this.bound = (int) Check.within(1, bound, Integer.MAX_VALUE, "bound");
        this.requests = bound;
    }

    /** Another bound; what was learned below it stays learned. */
    void bound(int changed) {
        requests = requests >= bound ? changed : Math.min(requests, changed);
        bound = (int) Check.within(1, changed, Integer.MAX_VALUE, "bound");
    }

    int requests() {
        return (int) requests;
    }

    /** How much of so much memory may be planned with. */
    long kvTokens(long memoryTokens) {
        return (long) (memoryTokens * KV_PART * kv);
    }

    /** The backend said that it has too much, or did not answer in time. */
    void refused() {
        refused = true;
    }

    void heldBack(Scarce by) {
        switch (by) {
            case REQUESTS -> heldByRequests = true;
            case KV_TOKENS -> heldByKv = true;
            case PREFILL_TOKENS -> {
                // Learned elsewhere.
            }
        }
    }

    /** It had to begin a request again for want of memory. */
    void beganAgain() {
        beganAgain = true;
    }

    /** Its answers came very late, though little was to be read. */
    void slow() {
        slow = true;
    }

    /** How much memory it has is known, so that a want of it is mended there. */
    void knowsMemory() {
        knowsMemory = true;
    }

    /** What is to be changed after a second, in which that was told, with so many requests there. */
    void adjust(Reading told, int running) {
        double waiting = told.waiting().orElse(0);
        double kvUsed = knowsMemory ? told.kvUsed().orElse(0) : 0;
        boolean queues = waiting > Math.max(2, MANY_WAIT * requests);
        boolean wantsMemory = beganAgain || kvUsed > FULL || (queues && kvUsed > NEARLY_FULL);
        boolean mendsMemory = wantsMemory && knowsMemory;
        if (mendsMemory) {
            kv = Math.max(LEAST_KV, kv * LESS_KV);
        } else if (heldByKv && (kv < 1 || (told.kvUsed().isPresent() && kvUsed < NEARLY_FULL))) {
            kv = Math.min(MOST_KV, kv + MORE_KV);
        }
        if (refused || (!mendsMemory && (slow || wantsMemory))) {
            fewer(Math.max(requests * LESS, running * LESS_THAN_NOW));
        } else if (!mendsMemory && queues) {
            fewer(running - Math.min(waiting, running) / 2);
        } else if (heldByRequests && !mendsMemory) {
            requests = Math.min(bound, requests + Math.max(1, requests / RAISE_PARTS));
        }
        refused = false;
        slow = false;
        beganAgain = false;
        heldByRequests = false;
        heldByKv = false;
    }

    private void fewer(double wanted) {
        requests = Math.max(1, Math.min(requests, wanted));
    }
}
