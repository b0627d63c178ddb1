package io.atlas.kernel.route;

import java.util.List;

/**
 * Weighted round robin without bursts: of weights 3 and 1 the order is a a b a, not a a a b. This is the smooth
 * weighted round robin of nginx 1.3.1 (upstream commit 52327e0627f4). Owned by whoever holds its lock.
 *
 * @param <T> what is chosen
 */
public final class Rotation<T> {
    /** One choice and its share. */
    public record Share<T>(T choice, int weight) {}

    private final List<Share<T>> shares;
    private final long[] current;
    private final long total;

    /** A rotation over at least one share; every weight is at least 1. */
    public Rotation(List<Share<T>> shares) {
        if (shares.isEmpty()) {
            throw new IllegalArgumentException("shares: none (expected: at least 1)");
        }
        this.shares = List.copyOf(shares);
        this.current = new long[shares.size()];
        this.total = shares.stream().mapToLong(Share::weight).sum();
    }

    /** The next choice. */
    public synchronized T next() {
        int best = 0;
        for (int i = 0; i < current.length; i++) {
            current[i] += shares.get(i).weight();
            if (current[i] > current[best]) {
                best = i;
            }
        }
        current[best] -= total;
        return shares.get(best).choice();
    }
}
