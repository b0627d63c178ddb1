package io.atlas.dialect.neutral;

import io.atlas.kernel.unit.Usage;
import java.util.Optional;

/** What one event of a stream means. */
public sealed interface Delta {
    /**
     * A piece of the answer.
     *
     * @param choice which of the answers it is a piece of, from 0 on; the last of them where it is of several
     * @param text what was written, of all choices, in whatever field; empty where the piece carries none
     * @param usage the running count, where the backend sends one
     * @param finished how many choices say that they are at their end
     * @param relayed the event's data as the caller is to see it
     */
    record Piece(int choice, String text, Optional<Usage> usage, int finished, byte[] relayed) implements Delta {}

    /** The count that closes a stream; not for a caller who did not ask. */
    record Total(Usage usage, byte[] relayed) implements Delta {}

    /** The end of the stream. */
    record Done() implements Delta {}

    /** The backend gave up in the middle. */
    record Broken(String message) implements Delta {}

    /** Bytes that are no event of this dialect. */
    record Nonsense() implements Delta {}
}
