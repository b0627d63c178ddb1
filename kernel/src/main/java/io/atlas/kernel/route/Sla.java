package io.atlas.kernel.route;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How fast a tier's answers are to be. What is not said is not asked for.
 *
 * @param firstToken until the first token of a stream, from the moment at which it is sent
 * @param tokensPerSecond of a stream, after its first token
 */
public record Sla(Optional<Duration> firstToken, OptionalInt tokensPerSecond) {
    /** Nothing is promised. */
    public static final Sla NONE = new Sla(Optional.empty(), OptionalInt.empty());
}
