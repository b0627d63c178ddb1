package io.atlas.config.rule;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Period;
import java.math.BigInteger;
import java.util.concurrent.TimeUnit;

/**
 * Which of two limits on the same traffic is reached first, where that is certain whatever the traffic. Days of 21 to 27
 * hours are allowed for, since calendars of all zones have none outside of that which matters here.
 */
final class Tightness {
    private static final long CHANGE_OF_CLOCKS_MICROS = TimeUnit.HOURS.toMicros(3);

    private Tightness() {}

    /** Whether the one always refuses before the other does. */
    static boolean binds(Limit one, Limit other) {
        LimitSpec first = one.spec();
        LimitSpec second = other.spec();
        if (!includes(first.kind(), second.kind())) {
            return false;
        }
        if (first.kind() == Kind.CONCURRENT) {
            return first.amount() <= second.amount();
        }
        if (first.leaks()) {
            return second.leaks() ? bucketBeforeBucket(first, second) : bucketBeforeWindow(first, second);
        }
        return second.leaks()
                ? windowBeforeBucket(first, second)
                : one.zone().normalized().equals(other.zone().normalized()) && windowBeforeWindow(first, second);
    }

    /** Whether a request takes at least as much of the one kind as of the other. */
    private static boolean includes(Kind one, Kind other) {
        boolean part = other == Kind.INPUT_TOKENS || other == Kind.OUTPUT_TOKENS;
        return one == other || (one == Kind.TOKENS && part);
    }

    private static boolean bucketBeforeBucket(LimitSpec first, LimitSpec second) {
        BigInteger rate = product(first.amount(), period(second).micros());
        return first.burst() <= second.burst()
                && rate.compareTo(product(second.amount(), period(first).micros())) <= 0;
    }

    /** A bucket lets through its capacity and what leaks; a window must take all that comes through in its longest time. */
    private static boolean bucketBeforeWindow(LimitSpec bucket, LimitSpec window) {
        long longest = TimeUnit.DAYS.toMicros(windows(Period.DAY, period(window))) + CHANGE_OF_CLOCKS_MICROS;
        BigInteger through = leaked(bucket, longest).add(BigInteger.valueOf(bucket.burst()));
        return through.compareTo(BigInteger.valueOf(window.amount())) < 0;
    }

    /**
     * Within little time there may come as much as two windows take, the end of the one and the start of the next; the
     * bucket must take that, and between the windows after them leak what each of those takes.
     */
    private static boolean windowBeforeBucket(LimitSpec window, LimitSpec bucket) {
        long shortest = TimeUnit.DAYS.toMicros(shortestDays(period(window))) - CHANGE_OF_CLOCKS_MICROS;
        return BigInteger.TWO
                                .multiply(BigInteger.valueOf(window.amount()))
                                .compareTo(BigInteger.valueOf(bucket.burst()))
                        <= 0
                && BigInteger.valueOf(window.amount()).compareTo(leaked(bucket, shortest)) <= 0;
    }

    private static boolean windowBeforeWindow(LimitSpec first, LimitSpec second) {
        return product(first.amount(), windows(period(first), period(second)))
                        .compareTo(BigInteger.valueOf(second.amount()))
                <= 0;
    }

    /** How many windows of the one period touch a window of the other, at most. */
    private static long windows(Period of, Period in) {
        return switch (of) {
            case DAY ->
                switch (in) {
                    case WEEK -> 7;
                    case MONTH -> 31;
                    case QUARTER -> 92;
                    case YEAR -> 366;
                    case DAY, SECOND, MINUTE, HOUR -> 1;
                };
            case WEEK ->
                switch (in) {
                    case MONTH -> 6;
                    case QUARTER -> 15;
                    case YEAR -> 54;
                    case WEEK, DAY, SECOND, MINUTE, HOUR -> 1;
                };
            case MONTH, QUARTER, YEAR -> in == Period.WEEK ? 2 : whole(of, in);
            case SECOND, MINUTE, HOUR ->
                throw new IllegalArgumentException("period: " + of + " (expected: day or longer)");
        };
    }

    private static long whole(Period of, Period in) {
        return Math.max(1, months(in) / months(of));
    }

    private static long months(Period period) {
        return switch (period) {
            case QUARTER -> 3;
            case YEAR -> 12;
            case MONTH, WEEK, DAY, SECOND, MINUTE, HOUR -> 1;
        };
    }

    private static long shortestDays(Period period) {
        return switch (period) {
            case WEEK -> 7;
            case MONTH -> 28;
            case QUARTER -> 90;
            case YEAR -> 365;
            case DAY, SECOND, MINUTE, HOUR -> 1;
        };
    }

    private static BigInteger leaked(LimitSpec bucket, long micros) {
        return product(bucket.amount(), micros)
                .divide(BigInteger.valueOf(period(bucket).micros()));
    }

    private static BigInteger product(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }

    private static Period period(LimitSpec spec) {
        return spec.per().orElseThrow();
    }
}
