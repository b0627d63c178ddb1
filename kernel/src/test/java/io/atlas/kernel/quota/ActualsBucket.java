package io.atlas.kernel.quota;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What a token bucket claims to equal: a plain leaky bucket in which every request was charged, at the moment of its
 * reservation, what it really used. It keeps the whole history and plays it again for each question, in integers of
 * units times the period's microseconds, so that nothing is ever rounded. It is told the time in order.
 */
final class ActualsBucket {
    /** A charge, and the amount that leaks in one period from then on. */
    private record Event(long atMicros, long charged, long leakPerPeriod) {}

    private final List<Event> history = new ArrayList<>();
    private final BigInteger period;

    ActualsBucket(long periodMicros, long leakPerPeriod, long atMicros) {
        period = BigInteger.valueOf(periodMicros);
        history.add(new Event(atMicros, 0, leakPerPeriod));
    }

    /** Charges, and says where in the history that stands. */
    int charge(long amount, long nowMicros) {
        history.add(new Event(nowMicros, amount, history.getLast().leakPerPeriod));
        return history.size() - 1;
    }

    /** Corrects the charge to what was used; what goes beyond what was reserved is charged now. */
    void settle(int charge, long actual, long nowMicros) {
        Event event = history.get(charge);
        history.set(charge, new Event(event.atMicros, Math.min(actual, event.charged), event.leakPerPeriod));
        if (actual > event.charged) {
            charge(actual - event.charged, nowMicros);
        }
    }

    /** From now on another amount leaks. */
    void leak(long leakPerPeriod, long nowMicros) {
        history.add(new Event(nowMicros, 0, leakPerPeriod));
    }

    /** The level, in units times the period's microseconds. */
    BigInteger scaledLevel(long nowMicros) {
        BigInteger level = BigInteger.ZERO;
        Event before = history.getFirst();
        for (Event event : history) {
            level = leaked(level, before, event.atMicros).add(scaled(event.charged));
            before = event;
        }
        return leaked(level, before, nowMicros);
    }

    /** Units in the scale of {@link #scaledLevel}. */
    BigInteger scaled(long units) {
        return BigInteger.valueOf(units).multiply(period);
    }

    private static BigInteger leaked(BigInteger level, Event since, long untilMicros) {
        BigInteger leak =
                BigInteger.valueOf(untilMicros - since.atMicros).multiply(BigInteger.valueOf(since.leakPerPeriod));
        return level.subtract(leak).max(BigInteger.ZERO);
    }
}
