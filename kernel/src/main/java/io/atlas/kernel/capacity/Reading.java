package io.atlas.kernel.capacity;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a backend tells of itself at one moment; each of it may be missing.
 *
 * @param waiting requests in its own queue
 * @param kvUsed the part of its memory for tokens that is taken, 1 is all
 * @param kvTokens how many tokens that memory holds
 * @param preemptions how many requests it ever had to begin again for want of memory
 */
public record Reading(
        OptionalDouble waiting, OptionalDouble kvUsed, OptionalLong kvTokens, OptionalDouble preemptions) {
    /** Nothing is known. */
    public static final Reading NOTHING =
            new Reading(OptionalDouble.empty(), OptionalDouble.empty(), OptionalLong.empty(), OptionalDouble.empty());

    Reading withoutQueue() {
        return new Reading(OptionalDouble.empty(), kvUsed, kvTokens, preemptions);
    }
}
