package io.atlas.repeat;

import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.time.Ids;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/** Refuses a request that comes again too soon. */
public final class TooSoon {
    /** A library that tries again at once, and for ever, is slowed down to this on average. */
    private static final long PAUSE_MILLIS = 500;

    private final Services services;
    private final Trail trail;

    public TooSoon(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** The refusal. */
    public Stop stop(long waitMillis) {
        trail.step(new Step.Refused(trail.afterMicros(services.time().nanos()), Reason.RETRY_STORM, List.of()));
        return Stop.tooSoon(fault(waitMillis), waitMillis);
    }

    /** Why it is refused. */
    static Fault fault(long waitMillis) {
        return Fault.of(
                Reason.RETRY_STORM,
                "The same request came again and again. Try again in " + Math.ceilDiv(waitMillis, 1_000) + " s.");
    }

    /**
     * How late a refusal is, by lot: a crowd that was refused together does not come back together, as that would be in
     * everybody's way for as long as the crowd takes.
     */
    static long pauseMillis(long chance) {
        return PAUSE_MILLIS / 2 + Math.floorMod(chance, PAUSE_MILLIS);
    }

    /** The refusal, a moment later, so that who does not wait by himself has to. It holds nothing meanwhile. */
    <T> Future<Passage<T>> after(Context context, long waitMillis) {
        Promise<Passage<T>> done = Promise.promise();
        long timer = context.owner()
                .setTimer(
                        Math.min(waitMillis, pauseMillis(Ids.chance())),
                        _ -> done.tryComplete(new Passage.Stopped<>(stop(waitMillis))));
        trail.whenCutShort(by -> done.tryComplete(new Passage.Stopped<>(Stop.cutUnsent(by))));
        return done.future().onComplete(_ -> {
            context.owner().cancelTimer(timer);
            trail.notCutShort();
        });
    }
}
