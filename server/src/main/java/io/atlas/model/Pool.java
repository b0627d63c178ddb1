package io.atlas.model;

import io.atlas.kernel.quota.LimitSpec;
import java.util.List;

/**
 * What a provider allows all deployments together that draw on it.
 *
 * @param limits rates; where there are none, only what the provider says of itself is known
 * @param counts what of a request's output the provider counts
 */
public record Pool(String name, List<LimitSpec> limits, Counts counts) {
    /** What is given out of each limit: the provider's clock is not ours, and requests do not come as they were sent. */
    private static final int PERCENT = 97;

    /** The most that an amount can be. */
    public static final long MOST = 9_000_000_000_000_000L;

    public Pool {
        limits = List.copyOf(limits);
    }

    /** What of a request's output a provider counts. */
    public enum Counts {
        /** What was written. */
        REPORTED,
        /** As much as might have been: what {@code max_tokens} says when the request comes. */
        RESERVED
    }

    /** The same with what was moved to it, and without what was moved away; something is always left. */
    public Pool with(List<PoolMove> moves) {
        return new Pool(name, limits.stream().map(spec -> moved(spec, moves)).toList(), counts);
    }

    private LimitSpec moved(LimitSpec spec, List<PoolMove> moves) {
        long amount = spec.amount();
        for (PoolMove move : moves) {
            if (move.sort().equals(spec.sort())) {
                amount += move.to().equals(name) ? move.amount() : 0;
                amount -= move.from().equals(name) ? move.amount() : 0;
            }
        }
        long left = Math.clamp(amount, 1, MOST);
        return left == spec.amount()
                ? spec
                : spec.sized(left, Math.clamp((long) ((double) spec.burst() / spec.amount() * left), 1, MOST));
    }

    /** The limits as they are given out. */
    public List<LimitSpec> given() {
        return limits.stream()
                .map(spec -> spec.sized(part(spec.amount()), part(spec.burst())))
                .toList();
    }

    private static long part(long amount) {
        return Math.ceilDiv(amount * PERCENT, 100);
    }
}
