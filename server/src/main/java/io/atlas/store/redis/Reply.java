package io.atlas.store.redis;

import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import java.util.ArrayList;
import java.util.List;

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
        List<Meter> meters = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            meters.add(Meter.of(limits.get(i), count(limits.get(i), i)));
        }
        return meters;
    }

    private long number(int index) {
        return (long) numbers.get(index);
    }
}
