package io.atlas.kernel.lease;

/**
 * What a node says of a lease: all of it, not what has changed, so that a word that is lost, repeated or late does no
 * harm. What is left only falls, what is charged only grows.
 *
 * @param left what open requests hold of it, and what it may still give out
 * @param charged what its requests have used since it was made
 * @param standing whether anything more will be said
 */
public record Account(Amounts left, Amounts charged, Standing standing) {
    /** Whether a lease goes on. */
    public enum Standing {
        /** Requests hold some of it, or may yet. */
        OPEN,
        /** No request holds any of it, and none will. */
        ENDED
    }
}
