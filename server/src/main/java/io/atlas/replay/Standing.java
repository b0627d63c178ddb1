package io.atlas.replay;

/**
 * How a request stands on a node that may have been sent it before.
 *
 * @param firsts how many first tries of it came there within the last half minute, as far as that has to be known: two, where
 *     two were on their way at once
 * @param answer whether there is something for who comes with it again
 */
public record Standing(int firsts, Answer answer) {
    /** What a node has of an answer. */
    public enum Answer {
        NONE,
        ON_ITS_WAY,
        GIVEN
    }
}
