package io.atlas.telemetry;

import io.atlas.kernel.receipt.Receipt;

/**
 * What happened, told from any thread. Nothing that happens inside depends on what is told here. Labels come from the
 * configuration only: a name that is not in it counts as {@code other}.
 */
public interface Telemetry {
    /** A request is over. */
    void finished(Receipt receipt, Timings timings);

    /** A request entered (+1) or left (-1) a backend. */
    void inflight(String backend, int change);

    /** A request entered (+1) or left (-1) the queue, at its tier's priority. */
    void queued(int priority, int change);

    /** A backend answered, or did not; {@code kind} is one of few words: {@code connect}, {@code timeout}, {@code status_5xx}. */
    void backendError(String backend, String kind);

    /** A settlement charged more than was reserved for it. */
    void overshot();

    /** Whether a backend could last be reached. */
    void backendUp(String backend, Reach reach);

    /** Whether a backend could be reached. */
    enum Reach {
        UP,
        DOWN
    }

    /**
     * The times of a request in nanoseconds; 0 for what it did not come to.
     *
     * @param quotaCheck from the parsed body to the decision
     * @param queued in the queue before the backend
     * @param firstToken from the first byte read to the first byte of the answer relayed
     * @param overhead of {@code total}, what was spent inside the gateway: neither waiting for a slot nor for the backend
     */
    record Timings(long quotaCheck, long queued, long firstToken, long overhead, long total) {}
}
