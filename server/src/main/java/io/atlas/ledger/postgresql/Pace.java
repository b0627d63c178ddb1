package io.atlas.ledger.postgresql;

import java.time.Duration;

/**
 * How lines are shipped, and how patiently.
 *
 * @param batch the most lines in one transaction
 * @param pause between two looks for new lines, once all are shipped
 * @param firstRetry how long after a loss the database is tried again; each further time is twice as long
 * @param lastRetry the longest time between two tries
 * @param silence how long an answer of the database is waited for, and by it that of a node that says nothing more
 * @param farewell how long a stop waits for the lines that are left
 */
public record Pace(
        int batch, Duration pause, Duration firstRetry, Duration lastRetry, Duration silence, Duration farewell) {
    /** For a database that is a network away. */
    public static final Pace USUAL = new Pace(
            2_000,
            Duration.ofMillis(200),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5));

    /** The time before the next try after one that was preceded by that time. */
    Duration retryAfter(Duration before) {
        Duration twice = before.multipliedBy(2);
        return twice.compareTo(lastRetry) < 0 ? twice : lastRetry;
    }
}
