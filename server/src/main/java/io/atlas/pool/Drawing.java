package io.atlas.pool;

/** What became of drawing on a pool. */
public sealed interface Drawing {
    /** It has room, and this is held of it. */
    record Drawn(Draw draw) implements Drawing {}

    /** It has no room for that now, and has if nobody else draws after that time. */
    record Dry(long waitMicros) implements Drawing {}

    /** It never has room for so much. */
    record TooSmall() implements Drawing {}
}
