package io.atlas.kernel.route;

import java.util.Optional;

/**
 * A deployment that may serve a request, as it stands at that moment.
 *
 * @param deployment as receipts name it: {@code small@gpu-a}
 * @param barred why it cannot serve, if so
 * @param room at its backend
 * @param wish of the tenant
 * @param outlook against what the tier promises
 * @param costNanoUsd what the request is likely to cost us there
 * @param weight its share among its equals, at least 1
 * @param openRequests at its backend, and in the queue before it
 */
public record Option(
        String deployment,
        Optional<Standing> barred,
        Room room,
        Wish wish,
        Outlook outlook,
        long costNanoUsd,
        int weight,
        long openRequests) {
    /** Whether a place is free. */
    public enum Room {
        FREE,
        TAKEN
    }

    /** Whether the tenant prefers it. */
    public enum Wish {
        PREFERRED,
        ANY
    }

    /**
     * What is expected of it.
     *
     * @param firstTokenMicros until its first token, of which nine in ten come sooner; 0 where nothing is known
     */
    public record Outlook(Promise promise, long firstTokenMicros) {
        /** Of one of which nothing is known: it is thought well of. */
        public static final Outlook UNKNOWN = new Outlook(Promise.KEPT, 0);
    }

    /** Whether it is likely to be as fast as the tier promises. */
    public enum Promise {
        KEPT,
        MISSED
    }

    /** Open work by share. */
    double load() {
        return (openRequests + 1.0) / weight;
    }
}
