package io.atlas.kernel.quota;

import io.atlas.kernel.unit.Period;
import java.math.BigInteger;

/**
 * The meter of a limit over a short period: a leaky bucket as a meter (ITU-T I.371), which stores what is used, not
 * what is left, so that amount and capacity may change under it.
 *
 * <p>A reservation is charged in full and corrected when the answer's size is known. By then part of it has leaked, and
 * to give back the whole difference would admit up to 2.4 times the capacity. The level after a refund has to be what
 * it were had the actual amount been charged from the start: lower by the difference, but on no moment since below
 * zero. So a refund is bounded by the lowest level since its charge. The bucket keeps those lowest levels for all open
 * holds as a pile of {@link Layer}s, whose sum with what lies loose on top is the level: a charge lies in its own
 * layer, with what lay loose; the leak takes from the top of the pile; a refund takes from its own layer and from those
 * beneath. The sum of the layers up to a hold's own is then the lowest level since its charge. Every step is of
 * amortised constant time. A bucket without open holds is a few numbers.
 */
public final class TokenBucket extends Meter {
    /** A hold, the layer that its charge lies in, and how full the bucket was before. */
    record BucketHold(Limit limit, Layer layer, long amount, long used, long held, long atMicros, long leakedFraction)
            implements Hold {
        @Override
        public Level before() {
            return new Level(used, held, atMicros + microsToLeak(limit.spec(), used + held, leakedFraction));
        }

        @Override
        public Level after() {
            long level = used + held + amount;
            return new Level(used, held + amount, atMicros + microsToLeak(limit.spec(), level, leakedFraction));
        }

        private BucketHold less(long part, Layer there) {
            return new BucketHold(limit, there, amount - part, used, held, atMicros, leakedFraction);
        }
    }

    /** What of the pile came with one charge. Two layers become one when the upper one has leaked away. */
    private static final class Layer {
        /** What the lowest layer lies on, and nothing else. */
        private static final Layer GROUND = new Layer(0);

        private long amount;
        private int holds = 1;
        private Layer below = this;
        private Layer above = this;
        private Layer mergedInto = this;

        Layer(long amount) {
            this.amount = amount;
        }

        private Layer current() {
            Layer layer = this;
            while (layer.mergedInto != layer) {
                layer.mergedInto = layer.mergedInto.mergedInto;
                layer = layer.mergedInto;
            }
            return layer;
        }
    }

    /** What a wait is capped at, some 146,000 years: a moment that far away can still be added to any other. */
    private static final long FOREVER_MICROS = Long.MAX_VALUE / 2;

    /** The highest layer, that of the newest open hold. A layer with none above it has itself there. */
    private Layer top = Layer.GROUND;

    /** What lies above all layers: it was charged after the newest open hold. */
    private long loose;

    private long level;
    private long held;
    private long atMicros = Long.MIN_VALUE;
    /** The part of a unit that has leaked already, in units times the period's microseconds. */
    private long leakedFraction;

    TokenBucket(Limit limit) {
        super(limit);
    }

    TokenBucket(Limit limit, Count.OfBucket count) {
        super(limit);
        loose = count.level();
        level = count.level();
        held = count.held();
        atMicros = count.atMicros();
        leakedFraction = count.leakedFraction();
    }

    @Override
    public boolean idle(long nowMicros) {
        leak(nowMicros);
        return level == 0 && top == Layer.GROUND;
    }

    @Override
    public Level level(LimitSpec wished, long nowMicros) {
        leak(nowMicros);
        long open = Math.min(held, level);
        return new Level(level - open, open, atMicros + microsToLeak(wished, level, leakedFraction));
    }

    @Override
    boolean fits(long amount, long nowMicros) {
        return level + amount <= spec().burst();
    }

    @Override
    public long waitMicros(LimitSpec wished, long amount, long nowMicros) {
        leak(nowMicros);
        long excess = level + amount - wished.burst();
        return excess <= 0 ? 0 : atMicros - nowMicros + microsToLeak(wished, excess, leakedFraction);
    }

    @Override
    public Hold take(long amount, long nowMicros) {
        leak(nowMicros);
        Layer layer = new Layer(loose + amount);
        loose = 0;
        layer.below = top;
        if (top != Layer.GROUND) {
            top.above = layer;
        }
        top = layer;
        long open = Math.min(held, level);
        BucketHold hold = new BucketHold(limit(), layer, amount, level - open, open, atMicros, leakedFraction);
        level += amount;
        held += amount;
        return hold;
    }

    @Override
    public void settle(Hold hold, long actual, long nowMicros) {
        close(replace(mine(hold).layer, hold.amount(), actual, nowMicros));
    }

    @Override
    public Hold reduce(Hold hold, long part, long actual, long nowMicros) {
        BucketHold mine = mine(hold);
        return mine.less(part, replace(mine.layer, part, actual, nowMicros));
    }

    private BucketHold mine(Hold hold) {
        if (hold instanceof BucketHold mine) {
            return mine;
        }
        throw foreign();
    }

    /** The actual amount instead of what was held in that layer, or in the one it was merged into. */
    private Layer replace(Layer taken, long amount, long actual, long nowMicros) {
        leak(nowMicros);
        Layer layer = taken.current();
        held -= amount;
        if (actual < amount) {
            refund(layer, amount - actual);
        } else {
            loose += actual - amount;
            level += actual - amount;
        }
        return layer;
    }

    @Override
    public void seed(long amount, long nowMicros) {
        leak(nowMicros);
        loose += amount;
        level += amount;
    }

    private void leak(long nowMicros) {
        if (nowMicros <= atMicros) {
            return;
        }
        long elapsed = atMicros == Long.MIN_VALUE ? 0 : nowMicros - atMicros;
        atMicros = nowMicros;
        if (level == 0) {
            leakedFraction = 0;
            return;
        }
        takeFromTop(leaked(spec(), elapsed));
        if (level == 0) {
            leakedFraction = 0;
        }
    }

    /** The whole units that leak in that time, at most the level; the rest is kept for the next time. */
    private long leaked(LimitSpec spec, long elapsedMicros) {
        long period = period(spec).micros();
        long high = Math.multiplyHigh(elapsedMicros, spec.amount());
        long low = elapsedMicros * spec.amount();
        if (high == 0 && low >= 0 && low <= Long.MAX_VALUE - leakedFraction) {
            long sum = low + leakedFraction;
            leakedFraction = sum % period;
            return Math.min(level, sum / period);
        }
        BigInteger[] units = BigInteger.valueOf(elapsedMicros)
                .multiply(BigInteger.valueOf(spec.amount()))
                .add(BigInteger.valueOf(leakedFraction))
                .divideAndRemainder(BigInteger.valueOf(period));
        leakedFraction = units[1].longValueExact();
        return units[0].min(BigInteger.valueOf(level)).longValueExact();
    }

    /**
     * The time in which that many units leak, of which the fraction has leaked already, rounded up; no longer than
     * {@link #FOREVER_MICROS}.
     */
    private static long microsToLeak(LimitSpec spec, long units, long leakedFraction) {
        if (units == 0) {
            return 0;
        }
        long period = period(spec).micros();
        long amount = spec.amount();
        long product = units * period;
        if (Math.multiplyHigh(units, period) == 0 && product >= 0) {
            return Math.min(FOREVER_MICROS, Math.ceilDiv(product - leakedFraction, amount));
        }
        return BigInteger.valueOf(units)
                .multiply(BigInteger.valueOf(period))
                .subtract(BigInteger.valueOf(leakedFraction))
                .add(BigInteger.valueOf(amount - 1))
                .divide(BigInteger.valueOf(amount))
                .min(BigInteger.valueOf(FOREVER_MICROS))
                .longValueExact();
    }

    private static Period period(LimitSpec spec) {
        return spec.per().orElseThrow();
    }

    private void takeFromTop(long units) {
        level -= units;
        long left = units;
        long taken = Math.min(left, loose);
        loose -= taken;
        left -= taken;
        Layer layer = top;
        while (left > 0) {
            taken = Math.min(left, layer.amount);
            layer.amount -= taken;
            left -= taken;
            layer = settleDown(layer);
        }
    }

    private void refund(Layer from, long units) {
        long left = units;
        Layer layer = from;
        while (left > 0) {
            long taken = Math.min(left, layer.amount);
            layer.amount -= taken;
            level -= taken;
            left -= taken;
            if (layer.below == Layer.GROUND) {
                return;
            }
            layer = settleDown(layer);
        }
    }

    /** Merges a layer that is empty into the one beneath, and says which layer comes next on the way down. */
    private Layer settleDown(Layer layer) {
        Layer below = layer.below;
        if (layer.amount > 0 || below == Layer.GROUND) {
            return below;
        }
        below.holds += layer.holds;
        layer.mergedInto = below;
        unlink(layer);
        return below;
    }

    /** One hold of the layer is gone; with the last, what is left of it belongs to no hold and joins what is above. */
    private void close(Layer layer) {
        Layer current = layer.current();
        current.holds--;
        if (current.holds == 0) {
            if (current == top) {
                loose += current.amount;
            } else {
                current.above.amount += current.amount;
            }
            unlink(current);
        }
    }

    /** Takes a layer out of the pile. It forgets its neighbours, as an old hold may keep it alive, and they others. */
    private void unlink(Layer layer) {
        Layer below = layer.below;
        Layer above = layer == top ? below : layer.above;
        if (layer == top) {
            top = below;
        } else {
            above.below = below;
        }
        if (below != Layer.GROUND) {
            below.above = above;
        }
        layer.above = layer;
        layer.below = layer;
    }
}
