package io.atlas.telemetry;

import io.atlas.kernel.receipt.Receipt;
import java.util.List;

/** Who is told of each request that is over, from any thread: at once, and without making anybody wait. */
@FunctionalInterface
public interface Finished {
    /** A request is over. */
    void finished(Receipt receipt, Timings timings);

    /** All of these, in their order. */
    static Finished all(List<Finished> told) {
        return told.size() == 1
                ? told.getFirst()
                : (receipt, timings) -> {
                    for (Finished one : told) {
                        one.finished(receipt, timings);
                    }
                };
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
