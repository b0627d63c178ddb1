package io.atlas.scenario;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What one tenant's client has seen in one act. From any thread. */
final class Tally {
    private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final int DIGITS = 3;
    private static final double HALF = 50;
    private static final double MOST = 95;

    private final Histogram firstToken = new Histogram(MAX_NANOS, DIGITS);
    private final Histogram total = new Histogram(MAX_NANOS, DIGITS);
    private final Map<String, Long> refused = new TreeMap<>();
    private long asked;
    private long served;
    private long broken;
    private long unsent;

    synchronized void ask() {
        asked++;
    }

    synchronized void holdBack() {
        unsent++;
    }

    synchronized void count(Outcome outcome) {
        switch (outcome) {
            case Outcome.Served done -> {
                served++;
                firstToken.recordValue(Math.clamp(done.firstTokenNanos(), 0, MAX_NANOS));
                total.recordValue(Math.clamp(done.totalNanos(), 0, MAX_NANOS));
            }
            case Outcome.Refused no -> refused.merge(no.reason(), 1L, Long::sum);
            case Outcome.Broken _ -> broken++;
        }
    }

    synchronized Seen seen() {
        return new Seen(asked, served, broken, unsent, refused, times(firstToken), times(total));
    }

    /** What two tallies have seen together. */
    static Seen together(Iterable<Tally> tallies) {
        Tally sum = new Tally();
        for (Tally tally : tallies) {
            sum.add(tally);
        }
        return sum.seen();
    }

    private synchronized void add(Tally other) {
        synchronized (other) {
            asked += other.asked;
            served += other.served;
            broken += other.broken;
            unsent += other.unsent;
            other.refused.forEach((reason, count) -> refused.merge(reason, count, Long::sum));
            firstToken.add(other.firstToken);
            total.add(other.total);
        }
    }

    private static Seen.Times times(Histogram histogram) {
        return new Seen.Times(histogram.getValueAtPercentile(HALF), histogram.getValueAtPercentile(MOST));
    }
}
