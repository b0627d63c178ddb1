package io.atlas.delivery;

import io.atlas.exchange.Deadlines;
import io.atlas.exchange.Services;
import io.atlas.time.TimeSource;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Watches a stream for silence. One timer at a time, set to the next moment at which something could be overdue: a piece
 * that comes costs no timer, only a note of the time.
 */
final class Watch {
    /** Who let the stream stand. */
    enum Overdue {
        BACKEND,
        CALLER
    }

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Context context;
    private final TimeSource time;
    private final Deadlines deadlines;
    private final Consumer<Overdue> overdue;
    private final CallerStream caller;
    private final long startNanos;
    private long aliveNanos;
    private long timer;

    Watch(Context context, Services services, Consumer<Overdue> overdue, CallerStream caller) {
        this.context = context;
        this.time = services.time();
        this.deadlines = services.deadlines();
        this.overdue = overdue;
        this.caller = caller;
        this.startNanos = time.nanos();
        this.aliveNanos = startNanos;
        this.timer = set(deadlines.unread().toMillis());
    }

    void alive() {
        aliveNanos = time.nanos();
    }

    void stop() {
        context.owner().cancelTimer(timer);
    }

    private long set(long millis) {
        return context.owner().setTimer(Math.max(1, millis), _ -> look());
    }

    private void look() {
        long now = time.nanos();
        long silent = (now - aliveNanos) / NANOS_PER_MILLI;
        Duration allowed = caller.full() ? deadlines.unread() : deadlines.silence();
        long total = (now - startNanos) / NANOS_PER_MILLI;
        if (silent >= allowed.toMillis() || total >= deadlines.stream().toMillis()) {
            overdue.accept(caller.full() ? Overdue.CALLER : Overdue.BACKEND);
            return;
        }
        timer = set(Math.min(deadlines.unread().toMillis(), allowed.toMillis() - silent));
    }
}
