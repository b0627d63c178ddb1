package io.atlas.ledger.open;

import io.atlas.kernel.unit.Usage;

/**
 * A request that a dead process left open.
 *
 * @param seen the input, counted where there was time for it, and the output of the last checkpoint
 */
public record Survivor(OpenRequest request, Progress progress, Usage seen) {
    /** How far it had come. */
    public enum Progress {
        /** No backend had it. */
        UNSENT,
        /** It was on its way to the backend, or further. */
        SENT
    }
}
