package io.atlas.kernel.receipt;

/** How far a request came: in sums, each is one of the three. */
public enum Reach {
    /** It was sent to a backend. */
    BACKEND,
    /** It got the answer of another request, or a part of it, and was never sent. */
    ANSWER_OF_ANOTHER,
    /** It was not sent. */
    NOWHERE
}
