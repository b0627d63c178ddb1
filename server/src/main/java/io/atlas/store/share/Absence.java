package io.atlas.store.share;

import io.atlas.store.StoreAway;
import io.atlas.store.StoreBusy;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Whether the shared counters are away, from whatever sign: from then on this node gives out its own share. */
public final class Absence {
    private static final Logger LOG = LoggerFactory.getLogger(Absence.class);

    private final Breaker breaker;

    private volatile long minutesSaid;

    /** Of the server behind that breaker. */
    public Absence(Breaker breaker) {
        this.breaker = breaker;
    }

    /** Whether they are away. */
    public boolean begun() {
        return breaker.open();
    }

    /** A step failed, or was too late. */
    public void failed(Throwable failure) {
        LOG.atDebug().setCause(failure).log("a step of the quota store failed");
        if (busy(failure)) {
            return;
        }
        if (breaker.failed()) {
            begin("it answers too late, or not at all", Optional.of(failure));
        }
    }

    /** A step was answered in time. */
    public void answered() {
        breaker.succeeded();
    }

    /** Whether only what this step was about is not there. */
    public static boolean busy(Throwable failure) {
        return failure instanceof StoreBusy || failure.getCause() instanceof StoreBusy;
    }

    /** A step ended, and failed if there is a failure. */
    public void ended(@Nullable Throwable failure) {
        if (failure != null) {
            failed(failure);
        }
    }

    /** What the step says; where it cannot be made, what is said instead. */
    public <T> T unless(Supplier<T> step, T instead) {
        try {
            return step.get();
        } catch (StoreAway e) {
            failed(e);
            return instead;
        }
    }

    /** Makes a step that nobody waits for. */
    public void watch(Runnable step) {
        unless(
                () -> {
                    step.run();
                    return true;
                },
                false);
    }

    /** The connection is gone. */
    public void lost() {
        trip("the connection is lost");
    }

    /** It was asked how it is, and did not say, or one of its servers did not. */
    public void silent(StoreAway failure) {
        if (breaker.trip()) {
            begin("it does not say how it is", Optional.of(failure));
        }
    }

    /** It was looked for, and is still away: that is said once a minute. */
    public void remains(StoreAway failure) {
        long minutes = breaker.openFor().toMinutes();
        if (minutes > minutesSaid) {
            minutesSaid = minutes;
            LOG.atWarn()
                    .addKeyValue("error", reason(failure))
                    .addKeyValue("minutes", minutes)
                    .log("the quota store is still away");
        }
    }

    /** It answers, but without what this node has counted. */
    public void forgetful() {
        trip("it does not have all that this node has counted");
    }

    /** It may not have heard what this node has charged. */
    public void unheard() {
        trip("it may not have heard what this node has charged");
    }

    /** It has given away what this node held. */
    public void disowned() {
        trip("it took this node for dead");
    }

    private void trip(String why) {
        if (breaker.trip()) {
            begin(why, Optional.empty());
        }
    }

    private void begin(String why, Optional<Throwable> failure) {
        minutesSaid = 0;
        LoggingEventBuilder line = LOG.atWarn().addKeyValue("why", why);
        failure.map(one -> line.addKeyValue("error", reason(one)))
                .orElse(line)
                .log("the quota store is away: this node gives out its own share");
    }

    /** What is at the bottom of it, such as what a server said. */
    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : reason(cause);
    }
}
