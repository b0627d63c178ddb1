package io.atlas.kernel.quota;

import io.atlas.kernel.unit.Window;

/**
 * The meter of a limit over a calendar period. It turns to the next window when it is first asked in it. A hold
 * belongs to the window in which it was taken: settled later, it changes nothing of the next one, and the ledger alone
 * keeps it.
 */
public final class CalendarWindow extends Meter {
    /** A hold, the window that it belongs to, by its end, and how full that was before. */
    record WindowHold(Limit limit, long amount, long used, long held, long endMicros) implements Hold {
        @Override
        public Level before() {
            return new Level(used, held, endMicros);
        }

        @Override
        public Level after() {
            return new Level(used, held + amount, endMicros);
        }
    }

    private long startMicros = Long.MIN_VALUE;
    private long endMicros = Long.MIN_VALUE;
    private long used;
    private long held;

    CalendarWindow(Limit limit) {
        super(limit);
    }

    CalendarWindow(Limit limit, Count.OfWindow count) {
        super(limit);
        startMicros = count.startMicros();
        endMicros = count.endMicros();
        used = count.used();
        held = count.held();
    }

    /** Only once its window is over: within it a hold of nothing may be open. */
    @Override
    public boolean idle(long nowMicros) {
        return nowMicros >= endMicros;
    }

    @Override
    public Level level(LimitSpec wished, long nowMicros) {
        turn(nowMicros);
        return new Level(used, held, endMicros);
    }

    @Override
    boolean fits(long amount, long nowMicros) {
        return nowMicros < endMicros && used + held + amount <= spec().amount();
    }

    @Override
    public long waitMicros(LimitSpec wished, long amount, long nowMicros) {
        turn(nowMicros);
        return used + held + amount <= wished.amount() ? 0 : Math.max(1, endMicros - nowMicros);
    }

    @Override
    public Hold take(long amount, long nowMicros) {
        turn(nowMicros);
        WindowHold hold = new WindowHold(limit(), amount, used, held, endMicros);
        held += amount;
        return hold;
    }

    @Override
    public void settle(Hold hold, long actual, long nowMicros) {
        turn(nowMicros);
        if (hold instanceof WindowHold mine && mine.endMicros == endMicros) {
            held -= mine.amount;
            used += actual;
        }
    }

    @Override
    public Hold reduce(Hold hold, long part, long actual, long nowMicros) {
        turn(nowMicros);
        if (!(hold instanceof WindowHold mine)) {
            throw foreign();
        }
        if (mine.endMicros == endMicros) {
            held -= part;
            used += actual;
        }
        return new WindowHold(mine.limit, mine.amount - part, mine.used, mine.held, mine.endMicros);
    }

    @Override
    public void seed(long amount, long atMicros) {
        turn(atMicros);
        if (atMicros >= startMicros && atMicros < endMicros) {
            used += amount;
        }
    }

    private void turn(long nowMicros) {
        if (nowMicros < endMicros) {
            return;
        }
        Window window = Window.of(spec().per().orElseThrow(), limit().zone(), nowMicros);
        startMicros = window.startMicros();
        endMicros = window.endMicros();
        used = 0;
        held = 0;
    }
}
