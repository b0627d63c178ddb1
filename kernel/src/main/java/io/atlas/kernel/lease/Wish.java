package io.atlas.kernel.lease;

/**
 * What a node asks for in advance, for each limit.
 *
 * @param need what its first waiting request takes: without it there is no lease
 * @param more what the others that wait take: as much of it as there is
 * @param spare what is likely to be asked for next: at most a share of what is left after the others
 * @param shares into how many parts what is left is divided; one of them may be spare
 */
public record Wish(Amounts need, Amounts more, Amounts spare, long shares) {
    private static final long FOURTH = 4;

    /** The lease on a limit of which so much is left, at least the need. Near the end of a limit nothing is spare. */
    public long amount(int index, long left) {
        long room = left - need.get(index);
        long wanted = Math.min(more.get(index), room);
        return need.get(index) + wanted + Math.min(spare.get(index), (room - wanted) / shares);
    }

    /**
     * Whether there is plenty of every limit: at least the fourth part of what would be spare was there, so that the lease
     * lasts a while, and three times as much or more is left.
     */
    public boolean plentyIn(Amounts granted) {
        Amounts none = Amounts.none(spare.size());
        return !spare.equals(none)
                && granted.minus(need.plus(more)).times(FOURTH).cover(spare);
    }
}
