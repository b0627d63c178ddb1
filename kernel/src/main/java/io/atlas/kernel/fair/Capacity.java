package io.atlas.kernel.fair;

import io.atlas.kernel.unit.Check;

/**
 * How many there may be.
 *
 * @param places requests that are served at once
 * @param waiting requests that may wait for a place
 * @param waitingBytes what all that wait may take in memory
 */
public record Capacity(int places, int waiting, long waitingBytes) {
    public Capacity {
        Check.within(1, places, Integer.MAX_VALUE, "places");
        Check.within(0, waiting, Integer.MAX_VALUE, "waiting");
        Check.within(0, waitingBytes, Long.MAX_VALUE, "waitingBytes");
    }
}
