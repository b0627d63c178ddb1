package io.atlas.exchange;

import java.time.Duration;

/**
 * How long a backend or a caller may take, before Atlas gives a request up.
 *
 * @param firstByte to the head of a stream
 * @param silence between two pieces of a stream
 * @param unread how long a caller may leave what is written unread
 * @param stream a stream from its first to its last byte
 * @param whole a whole answer
 * @param error the body of an error, once its head has come
 */
public record Deadlines(
        Duration firstByte, Duration silence, Duration unread, Duration stream, Duration whole, Duration error) {
    /** Those that are in force where nobody tests them. */
    public static final Deadlines USUAL = new Deadlines(
            Duration.ofMinutes(2),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30),
            Duration.ofMinutes(30),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10));
}
