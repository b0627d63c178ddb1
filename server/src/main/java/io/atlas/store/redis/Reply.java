package io.atlas.store.redis;

import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * What a script said of some limits: the outcome, the server's time, and a reading of each.
 *
 * @param numbers as they came
 */
record Reply(List<Object> numbers) {
    static final int GRANTED = 1;
    static final int REFUSED = 2;
    static final int REPLAYED = 3;
    static final int CLOSED = 4;
    static final int STALE = 5;
    static final int EMPTY = 6;

    private static final int HEAD = 2;
    private static final int OF_A_LIMIT = 4;

    int outcome() {
        return (int) number(0);
    }

    long atMicros() {
        return number(1);
    }

    /** What is counted on the limit of that place in the path. */
    Count count(Limit limit, int index) {
        int at = HEAD + index * OF_A_LIMIT;
        if (limit.spec().leaks()) {
            return new Count.OfBucket(number(at), number(at + 1), number(at + 2), number(at + 3));
        }
        return limit.spec().calendar()
                ? new Count.OfWindow(number(at), number(at + 1), number(at + 2), number(at + 3))
                : new Count.OfSlots(number(at + 1));
    }

    /** The meters as the script left them. */
    List<Meter> meters(List<Limit> limits) {
        return meters(limits, _ -> 0);
    }

    /** The same without what is held there and by no request. */
    List<Meter> meters(List<Limit> limits, ToLongFunction<Limit> free) {
        List<Meter> meters = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            Count count = count(limit, i);
            meters.add(Meter.of(limit, count.plus(-Math.min(count.held(), free.applyAsLong(limit)))));
        }
        return meters;
    }

    /** The amounts that follow the readings of these limits. */
    Amounts amounts(List<Limit> limits) {
        int from = HEAD + limits.size() * OF_A_LIMIT;
        return Amounts.of(IntStream.range(from, from + limits.size())
                .mapToObj(this::number)
                .toList());
    }

    private long number(int index) {
        return (long) numbers.get(index);
    }
}
