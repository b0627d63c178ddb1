package io.atlas.delivery;

import java.time.Duration;

/** How long a backend may take, before Atlas gives a request up. */
final class Deadlines {
    /** To the head of a stream. */
    static final Duration FIRST_BYTE = Duration.ofMinutes(2);
    /** Between two pieces of a stream. */
    static final Duration SILENCE = Duration.ofMinutes(1);
    /** How long a caller may leave what is written unread. */
    static final Duration UNREAD = Duration.ofSeconds(30);
    /** A stream from its first to its last byte. */
    static final Duration STREAM = Duration.ofMinutes(30);
    /** A whole answer. */
    static final Duration WHOLE = Duration.ofMinutes(10);

    private Deadlines() {}
}
