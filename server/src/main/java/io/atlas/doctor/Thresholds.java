package io.atlas.doctor;

import java.time.Duration;

/** From where on something is not well any more. */
public final class Thresholds {
    private static final long MICROS_PER_MILLI = 1_000;
    private static final Duration SKEW_WARN = Duration.ofMillis(200);
    private static final Duration SKEW_FAIL = Duration.ofSeconds(5);
    private static final long LAG_WARN = 10_000;
    private static final long LAG_FAIL = 1_000_000;
    private static final long SPACE_WARN_BYTES = 5L << 30;
    private static final long SPACE_FAIL_BYTES = 1L << 30;

    private Thresholds() {}

    /**
     * How far the clock of another machine is from this node's.
     *
     * @param skewMicros positive where the other is ahead
     * @param doubtMicros how long it took to ask, within which nothing is known
     */
    public static Diagnosis clock(String check, long skewMicros, long doubtMicros) {
        long certainMillis = Math.max(0, Math.abs(skewMicros) - doubtMicros) / MICROS_PER_MILLI;
        String says = Math.abs(skewMicros) / MICROS_PER_MILLI + " ms " + (skewMicros < 0 ? "behind" : "ahead of")
                + " this node's clock";
        String advice =
                "keep the clocks of all machines by NTP; windows of days and the end of keys follow each node's";
        if (certainMillis >= SKEW_FAIL.toMillis()) {
            return Diagnosis.fail(check, says, advice);
        }
        return certainMillis >= SKEW_WARN.toMillis() ? Diagnosis.warn(check, says, advice) : Diagnosis.ok(check, says);
    }

    /** Lines that are not where the ledger is kept. */
    public static Diagnosis lag(long records) {
        String says = records + " lines are not in the ledger's database yet";
        String advice =
                "look at the database and at the log for why lines are not shipped; they wait on this node's disk";
        if (records >= LAG_FAIL) {
            return Diagnosis.fail("ledger lag", says, advice);
        }
        return records >= LAG_WARN ? Diagnosis.warn("ledger lag", says, advice) : Diagnosis.ok("ledger lag", says);
    }

    /** Room on the disk of the data folder. */
    public static Diagnosis space(long freeBytes) {
        String says = (freeBytes >> 20) + " MiB free for the data folder";
        String advice = "make room: a full disk stops the ledger, and no request is served without it";
        if (freeBytes < SPACE_FAIL_BYTES) {
            return Diagnosis.fail("disk space", says, advice);
        }
        return freeBytes < SPACE_WARN_BYTES
                ? Diagnosis.warn("disk space", says, advice)
                : Diagnosis.ok("disk space", says);
    }

    /**
     * Files and sockets that the process may have open.
     *
     * @param needed as many as it takes where every connection that is configured is open
     */
    public static Diagnosis openFiles(long allowed, long needed) {
        String says = allowed + " open files allowed, " + needed + " needed if all configured connections are open";
        return allowed < needed
                ? Diagnosis.fail(
                        "open files",
                        says,
                        "raise the limit (ulimit -n, LimitNOFILE= of systemd) to " + needed
                                + ", or lower server.limits.connections or the backends' concurrency")
                : Diagnosis.ok("open files", says);
    }
}
