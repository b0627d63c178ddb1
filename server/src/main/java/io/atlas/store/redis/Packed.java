package io.atlas.store.redis;

import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.Posting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers as the scripts take them: packed doubles, in which every integer below 2^53 is exact. A limit is its kind, the
 * amount asked of it, the most that it lets through, and what the kind says of itself: a bucket its rate and its period in
 * microseconds, a calendar window where it begins and ends.
 */
final class Packed {
    private static final int BUCKET = 1;
    private static final int WINDOW = 2;
    private static final int SLOTS = 3;

    /** On top of the kind of what is never in force: nobody would let go of its counter, so that it has a time to live. */
    private static final int BRIEF = 10;

    private static final int OF_A_LIMIT = 5;

    /** One for each period and zone: to work a window out takes as long as all the rest. */
    private record Calendar(Period period, ZoneId zone) {}

    private final Map<Calendar, Window> windows = new ConcurrentHashMap<>();

    /** Numbers in a row. */
    private static final class Row {
        private final byte[] bytes;
        private final ByteBuffer buffer;

        Row(int numbers) {
            bytes = new byte[numbers * Double.BYTES];
            buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        void put(long number) {
            buffer.putDouble((double) number);
        }
    }

    /** The head, and each limit with what the demand asks of it. */
    byte[] limits(List<Long> head, List<Limit> limits, Demand demand, long nowMicros) {
        Row row = new Row(head.size() + OF_A_LIMIT * limits.size());
        head.forEach(row::put);
        for (Limit limit : limits) {
            LimitSpec spec = limit.spec();
            put(row, limit, List.of(demand.of(spec.kind()), spec.ceiling()), nowMicros);
        }
        return row.bytes;
    }

    /** The head, and each limit with what is needed of it in advance. */
    byte[] needs(List<Long> head, List<Limit> limits, Amounts need, long nowMicros) {
        Row row = new Row(head.size() + OF_A_LIMIT * limits.size());
        head.forEach(row::put);
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            put(row, limit, List.of(need.get(i), limit.spec().ceiling()), nowMicros);
        }
        return row.bytes;
    }

    /** The head, and one of each for every limit in turn. */
    static byte[] pairs(List<Long> head, Amounts one, Amounts other) {
        Row row = new Row(head.size() + 2 * one.size());
        head.forEach(row::put);
        for (int i = 0; i < one.size(); i++) {
            row.put(one.get(i));
            row.put(other.get(i));
        }
        return row.bytes;
    }

    /** The head, and what the demand asks of each limit. */
    static byte[] amounts(List<Long> head, List<Limit> limits, Demand demand) {
        Row row = new Row(head.size() + limits.size());
        head.forEach(row::put);
        limits.forEach(limit -> row.put(demand.of(limit.spec().kind())));
        return row.bytes;
    }

    /** The time, and nothing of each limit. */
    static byte[] nothing(long time, int limits) {
        Row row = new Row(1 + limits);
        row.put(time);
        return row.bytes;
    }

    /** The head, and each limit with what the ledger holds against it, and since when. */
    byte[] postings(List<Long> head, List<Posting> postings, long nowMicros) {
        Row row = new Row(head.size() + OF_A_LIMIT * postings.size());
        head.forEach(row::put);
        postings.forEach(
                posting -> put(row, posting.limit(), List.of(posting.amount(), posting.atMicros()), nowMicros));
        return row.bytes;
    }

    private void put(Row row, Limit limit, List<Long> said, long nowMicros) {
        LimitSpec spec = limit.spec();
        row.put(kind(limit));
        said.forEach(row::put);
        if (spec.leaks()) {
            row.put(spec.amount());
            row.put(spec.per().orElseThrow().micros());
        } else if (spec.calendar()) {
            Window window = window(spec.per().orElseThrow(), limit.zone(), nowMicros);
            row.put(window.startMicros());
            row.put(window.endMicros());
        } else {
            row.put(0);
            row.put(0);
        }
    }

    private static int kind(Limit limit) {
        LimitSpec spec = limit.spec();
        int kind = spec.leaks() ? BUCKET : spec.calendar() ? WINDOW : SLOTS;
        return limit.place() instanceof Place.OfEndUser ? BRIEF + kind : kind;
    }

    private Window window(Period period, ZoneId zone, long nowMicros) {
        Calendar calendar = new Calendar(period, zone);
        Window last = windows.get(calendar);
        if (last == null || !last.contains(nowMicros)) {
            last = Window.of(period, zone, nowMicros);
            windows.put(calendar, last);
        }
        return last;
    }
}
