package io.atlas.kernel.quota;

import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;

/**
 * The counter of a limit over a calendar period. It turns to the next window when it is first asked in it. A hold
 * belongs to the window in which it was taken: settled later, it changes nothing of the next one, and the ledger alone
 * keeps it.
 */
public final class CalendarWindow implements Counter {
    /** A hold and the window that it belongs to. */
    record WindowHold(long amount, long startMicros) implements Hold {}

    private static final Window NEVER = new Window(Long.MIN_VALUE, Long.MIN_VALUE);

    private Window window = NEVER;
    private long used;
    private long held;

    /** Only once its window is over: within it a hold of nothing may be open. */
    @Override
    public boolean idle(Limit limit, long nowMicros) {
        return nowMicros >= window.endMicros();
    }

    @Override
    public Level level(Limit limit, long nowMicros) {
        turn(limit, nowMicros);
        return new Level(used, held, window.endMicros());
    }

    @Override
    public long waitMicros(Limit limit, long amount, long nowMicros) {
        turn(limit, nowMicros);
        return used + held + amount <= limit.spec().amount() ? 0 : Math.max(1, window.endMicros() - nowMicros);
    }

    @Override
    public Hold take(Limit limit, long amount, long nowMicros) {
        turn(limit, nowMicros);
        held += amount;
        return new WindowHold(amount, window.startMicros());
    }

    @Override
    public void settle(Limit limit, Hold hold, long actual, long nowMicros) {
        turn(limit, nowMicros);
        if (hold instanceof WindowHold mine && mine.startMicros == window.startMicros()) {
            held -= mine.amount;
            used += actual;
        }
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        turn(limit, atMicros);
        if (window.contains(atMicros)) {
            used += amount;
        }
    }

    private void turn(Limit limit, long nowMicros) {
        if (nowMicros < window.endMicros() || limit.spec().per().isEmpty()) {
            return;
        }
        Period per = limit.spec().per().orElseThrow();
        window = Window.of(per, limit.zone(), nowMicros);
        used = 0;
        held = 0;
    }
}
