package io.atlas.http;

import java.time.Duration;

/**
 * How long a connection may take for what it owes.
 *
 * @param head from the first byte of a head to its last
 * @param idle without a request, after the last one or before the first
 * @param rest for what comes after an answer that did not wait for it
 */
record WireTimes(Duration head, Duration idle, Duration rest) {
    /** 10 seconds, 75 seconds, half a second. */
    static final WireTimes DEFAULT =
            new WireTimes(Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofMillis(500));
}
