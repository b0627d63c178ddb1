package io.atlas.upstream;

import io.atlas.kernel.route.Breaker;
import io.atlas.kernel.route.Experience;
import io.atlas.kernel.route.Option.Outlook;
import io.atlas.kernel.route.Sla;
import io.atlas.model.Health;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * How one deployment stands, as this node has seen it: whether it may be sent requests, and until when it wants none. Safe
 * for use by several threads. Times are microseconds of the clock that measures.
 */
public final class Condition {
    /** For how long another is rather taken, where a backend is full and does not say for how long. */
    private static final long FULL_MICROS = 1_000_000;

    private final AtomicReference<Breaker> breaker = new AtomicReference<>(Breaker.NEW);
    private final AtomicReference<Experience> experience = new AtomicReference<>(Experience.NONE);
    private volatile long restsUntilMicros = Long.MIN_VALUE;
    private volatile long fullUntilMicros = Long.MIN_VALUE;

    /** Whether it may be sent requests as far as its failures go. */
    public boolean healthy(long nowMicros) {
        return breaker.get().admits(nowMicros);
    }

    /** Whether it may be sent a request now: it is healthy, and has not asked to be left alone. */
    public boolean usable(long nowMicros) {
        return nowMicros >= restsUntilMicros && healthy(nowMicros);
    }

    /** Whether it has lately said that it is full. */
    public boolean full(long nowMicros) {
        return nowMicros < fullUntilMicros;
    }

    /** Until it can be used, if nothing is heard of it until then; 0 where it can now. */
    public long waitMicros(long nowMicros) {
        long until = restsUntilMicros;
        long rest = nowMicros < until ? until - nowMicros : 0;
        return Math.max(rest, breaker.get().waitMicros(nowMicros));
    }

    /** Whether a request may go there now, and if so it goes: where the deployment is on trial, others wait for its end. */
    public boolean send(long nowMicros) {
        while (true) {
            Breaker before = breaker.get();
            if (!before.admits(nowMicros) || nowMicros < restsUntilMicros) {
                return false;
            }
            Breaker after = before.sent(nowMicros);
            if (after.equals(before) || breaker.compareAndSet(before, after)) {
                return true;
            }
        }
    }

    /** It has begun an answer. */
    public void answered(long sentMicros, long nowMicros, Health health) {
        change(before -> before.answered(sentMicros, nowMicros, health.mostFailures()));
    }

    /** It has served an answer whole, or said what is wrong with the request. */
    public void served(long sentMicros, long nowMicros) {
        change(before -> before.served(sentMicros, nowMicros));
        experience.updateAndGet(before -> before.served(nowMicros));
    }

    /** The first token of a stream came after that time. */
    public void firstToken(long micros, long nowMicros) {
        experience.updateAndGet(before -> before.firstToken(micros, nowMicros));
    }

    /** A stream that nobody slowed down had so many tokens a second after its first. */
    public void pace(double tokensPerSecond, long nowMicros) {
        experience.updateAndGet(before -> before.pace(tokensPerSecond, nowMicros));
    }

    /** What is to be expected of it, measured by what is promised. */
    public Outlook outlook(Sla sla, long nowMicros) {
        return experience.get().outlook(sla, nowMicros);
    }

    /** It has failed. */
    public void failed(long sentMicros, long nowMicros, Health health) {
        experience.updateAndGet(before -> before.failed(nowMicros));
        change(before -> before.failed(sentMicros, nowMicros, health.mostFailures()));
    }

    /** It said that it is full, which is no failure; and perhaps after how many milliseconds it will not be. */
    public void isFull(long nowMicros, OptionalLong retryAfterMillis, Health health) {
        if (retryAfterMillis.isPresent()) {
            long millis =
                    Math.min(retryAfterMillis.getAsLong(), health.longestRest().toMillis());
            restsUntilMicros = nowMicros + TimeUnit.MILLISECONDS.toMicros(millis);
        }
        fullUntilMicros = nowMicros + FULL_MICROS;
    }

    /** Nothing can be said of what was sent. */
    public void undecided(long sentMicros) {
        change(before -> before.undecided(sentMicros));
    }

    /** Who looked after its backend found it well. */
    void foundWell(long nowMicros) {
        change(before -> before.foundWell(nowMicros));
    }

    /** Most changes change nothing, and cost one read. */
    private void change(UnaryOperator<Breaker> step) {
        while (true) {
            Breaker before = breaker.get();
            Breaker after = step.apply(before);
            if (after.equals(before) || breaker.compareAndSet(before, after)) {
                return;
            }
        }
    }
}
