package io.atlas.kernel.lease;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** An amount for each limit of a list, in the unit of its kind. */
public final class Amounts {
    /** Larger than any limit: a sum of what many wish for stays there. */
    private static final long MOST = 1L << 60;

    private final long[] each;

    private Amounts(long[] each) {
        this.each = each;
    }

    /** Nothing of as many limits. */
    public static Amounts none(int size) {
        return new Amounts(new long[size]);
    }

    /** These, in the order of the limits. */
    public static Amounts of(List<Long> amounts) {
        return new Amounts(amounts.stream().mapToLong(Long::longValue).toArray());
    }

    /** What the demand takes of each limit. */
    public static Amounts of(List<Limit> limits, Demand demand) {
        long[] each = new long[limits.size()];
        for (int i = 0; i < each.length; i++) {
            each[i] = demand.of(limits.get(i).spec().kind());
        }
        return new Amounts(each);
    }

    /** Of how many limits. */
    public int size() {
        return each.length;
    }

    /** That of one limit. */
    public long get(int index) {
        return each[index];
    }

    /** Both together. */
    public Amounts plus(Amounts other) {
        return with(other, (one, more) -> Math.min(one, MOST - more) + more);
    }

    /** What is left of these without the others. */
    public Amounts minus(Amounts other) {
        return with(other, (one, less) -> one - less);
    }

    /** As many times these. */
    public Amounts times(long factor) {
        return with(this, (one, _) -> Math.min(one, MOST / Math.max(1, factor)) * factor);
    }

    /** Whether the other fits in, for every limit. */
    public boolean cover(Amounts other) {
        for (int i = 0; i < each.length; i++) {
            if (other.each[i] > each[i]) {
                return false;
            }
        }
        return true;
    }

    private Amounts with(Amounts other, LongBinaryOperator join) {
        long[] joined = new long[each.length];
        for (int i = 0; i < joined.length; i++) {
            joined[i] = join.applyAsLong(each[i], other.each[i]);
        }
        return new Amounts(joined);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Amounts amounts && Arrays.equals(each, amounts.each);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(each);
    }

    @Override
    public String toString() {
        return Arrays.toString(each);
    }
}
