package io.atlas.dialect.neutral;

import io.atlas.kernel.unit.Usage;
import java.util.Optional;

/** What a whole answer means. */
public sealed interface Answer {
    /**
     * An answer.
     *
     * @param usage the backend's count, where it gives one
     * @param text all that was written, for counting; empty where the usage is there
     */
    record Whole(Optional<Usage> usage, String text) implements Answer {}

    /** An error inside a success. */
    record Failed(String message) implements Answer {}

    /** Bytes that are no answer of this dialect. */
    record Nonsense() implements Answer {}
}
