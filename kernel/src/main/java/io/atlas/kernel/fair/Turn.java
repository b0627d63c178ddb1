package io.atlas.kernel.fair;

/**
 * What becomes of somebody who waited.
 *
 * @param <T> what the caller of the queue keeps with a request
 */
public sealed interface Turn<T> {
    /** He has a place. */
    record Called<T>(Ticket<T> ticket) implements Turn<T> {}

    /** It would be his turn, but his deadline is over; he has left the queue. */
    record Expired<T>(Ticket<T> ticket) implements Turn<T> {}
}
