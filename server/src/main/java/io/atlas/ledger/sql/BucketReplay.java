package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.unit.Period;
import io.atlas.ledger.Posting;
import java.util.Optional;

/**
 * How full a bucket is, found by charging it again with what the ledger holds.
 *
 * <p>A bucket that is kept full by steady traffic never forgets: its level depends on charges of any age. So the replay
 * starts a few times the time in which a full bucket drains ago, with a full one. It can only say too much, never too
 * little; and it is exact as soon as the bucket was empty once since, which it was unless more than two thirds of the
 * rate were used all the time.
 */
final class BucketReplay {
    private static final int DRAINS = 3;

    private final Limit limit;
    private final Meter counter;
    private final long fromMicros;
    private boolean charged;

    BucketReplay(Limit limit, long nowMicros) {
        this.limit = limit;
        this.counter = Meter.of(limit);
        this.fromMicros = (long) Math.max(0, nowMicros - DRAINS * drainMicros(limit.spec()));
    }

    /** A double, for it may be longer than any time; to a microsecond it does not matter. */
    private static double drainMicros(LimitSpec spec) {
        double period = spec.per().map(Period::micros).orElse(0L);
        return Math.ceil(period * spec.burst() / spec.amount());
    }

    Limit limit() {
        return limit;
    }

    /** No earlier charge matters. */
    long fromMicros() {
        return fromMicros;
    }

    /** One request. A full bucket would not have admitted it: where it is found full the limit is younger. */
    void charge(long amount, long atMicros) {
        if (atMicros >= fromMicros && levelAt(atMicros) < limit.spec().burst()) {
            counter.seed(amount, atMicros);
        }
    }

    /** The requests of a whole time, as if all came at its end; they cannot have filled more than the bucket. */
    void chargeTogether(long amount, long endMicros) {
        if (endMicros < fromMicros) {
            return;
        }
        long room = limit.spec().burst() - levelAt(endMicros);
        counter.seed(Math.clamp(amount, 0, Math.max(0, room)), endMicros);
    }

    /** What has not leaked. */
    Optional<Posting> posting(long nowMicros) {
        long level = charged ? levelAt(nowMicros) : 0;
        return level == 0 ? Optional.empty() : Optional.of(new Posting(limit, level, nowMicros));
    }

    private long levelAt(long micros) {
        if (!charged) {
            charged = true;
            // No line is older than the epoch: a bucket that takes longer to drain was empty then.
            counter.seed(fromMicros == 0 ? 0 : limit.spec().burst(), fromMicros);
        }
        return counter.level(micros).used();
    }
}
