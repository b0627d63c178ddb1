package io.atlas.kernel.fair;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What somebody who comes to the queue gets.
 *
 * @param <T> what the caller of the queue keeps with a request
 */
public sealed interface Admission<T> {
    /** A place at once. */
    record Started<T>(Ticket<T> ticket) implements Admission<T> {}

    /**
     * A place in the queue.
     *
     * @param displaced who had to give up his place for it: the newest of those who wait in greater number than is theirs
     */
    record Queued<T>(Ticket<T> ticket, Quote quote, Optional<Ticket<T>> displaced) implements Admission<T> {}

    /**
     * Nothing.
     *
     * @param waitMicros how long it would have taken, where enough has been seen to say so
     */
    record Refused<T>(Why why, OptionalLong waitMicros) implements Admission<T> {}

    /** Why somebody is not let in. */
    enum Why {
        /** The queue is full, and nobody in it has more than is his. */
        FULL,
        /** His turn would come after his deadline. */
        TOO_LATE
    }
}
