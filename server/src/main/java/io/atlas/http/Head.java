package io.atlas.http;

import io.atlas.dialect.neutral.Fault;

/** The head of a request: one that can be read in a single way, or none that is read at all. */
sealed interface Head {
    /** How long the body is that follows. */
    sealed interface Framing {
        /** So many bytes. */
        record Sized(long bytes) implements Framing {}

        /** Chunks, each of which says its length. */
        record Chunked() implements Framing {}
    }

    /** What may come behind a request. */
    enum Sequel {
        ANOTHER,
        NOTHING
    }

    /** A head that Netty reads in the same way. */
    record Accepted(Framing framing, Sequel sequel) implements Head {}

    /** A head that is refused; what follows it cannot be told from another request. */
    record Refused(Fault fault) implements Head {}
}
