package io.atlas.kernel.lease;

/** How much a node has lately given out, from which follows how much it should hold to spare. */
public final class Appetite {
    /** Over which time it is looked at. */
    private static final long SPAN_MICROS = 100_000;

    /** For how many such spans a lease is to last. */
    private static final long SPANS = 2;

    /** Who gives out so few in that time asks for each by itself: to hold some to spare would keep it from others. */
    private static final int FEW = 8;

    private final int limits;
    private Amounts now;
    private Amounts before;
    private int countNow;
    private int countBefore;
    private long spanMicros;

    /** Of so many limits; nothing was given out yet. */
    public Appetite(int limits) {
        this.limits = limits;
        now = Amounts.none(limits);
        before = now;
    }

    /** So much was given out to a request. */
    public void gave(Amounts amounts, long nowMicros) {
        turn(nowMicros);
        now = now.plus(amounts);
        countNow++;
    }

    /** What should be held to spare. */
    public Amounts spare(long nowMicros) {
        turn(nowMicros);
        if (countBefore >= FEW && countBefore >= countNow) {
            return before.times(SPANS);
        }
        return countNow >= FEW ? now.times(SPANS) : Amounts.none(limits);
    }

    private void turn(long nowMicros) {
        long span = Math.floorDiv(nowMicros, SPAN_MICROS);
        if (span <= spanMicros) {
            return;
        }
        boolean next = span == spanMicros + 1;
        before = next ? now : Amounts.none(limits);
        countBefore = next ? countNow : 0;
        now = Amounts.none(limits);
        countNow = 0;
        spanMicros = span;
    }
}
