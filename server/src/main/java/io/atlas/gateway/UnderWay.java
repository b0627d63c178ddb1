package io.atlas.gateway;

import io.atlas.admission.Estimate;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Trail;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one event loop that are on their way. The input of one that takes longer than a second is counted, so
 * that it is known if the process dies; to count all of them would cost more than to serve them.
 */
final class UnderWay {
    private static final Logger LOG = LoggerFactory.getLogger(UnderWay.class);
    private static final long COUNT_AFTER_MILLIS = 1_000;

    private final Services services;
    private final Context context;
    private final Set<Trail> all = new LinkedHashSet<>();
    private final Set<Trail> uncounted = new LinkedHashSet<>();
    private final Promise<Void> quiet = Promise.promise();
    private boolean closing;

    UnderWay(Services services, Context context) {
        this.services = services;
        this.context = context;
        context.owner().setPeriodic(COUNT_AFTER_MILLIS, _ -> count());
    }

    void begin(Trail trail) {
        all.add(trail);
        uncounted.add(trail);
    }

    void end(Trail trail) {
        all.remove(trail);
        uncounted.remove(trail);
        beQuiet();
    }

    /** Completes when none is left; asked when none can come. */
    Future<Void> quiet() {
        context.runOnContext(_ -> {
            closing = true;
            beQuiet();
        });
        return quiet.future();
    }

    /** Ends those that are left. */
    void breakOff() {
        context.runOnContext(_ -> List.copyOf(all).forEach(Trail::breakOff));
    }

    private void beQuiet() {
        if (closing && all.isEmpty()) {
            quiet.tryComplete();
        }
    }

    /** Those that came first stand first. */
    private void count() {
        long before = services.time().nanos() - TimeUnit.MILLISECONDS.toNanos(COUNT_AFTER_MILLIS);
        Iterator<Trail> trails = uncounted.iterator();
        while (trails.hasNext()) {
            Trail trail = trails.next();
            if (trail.arrival().startNanos() - before > 0) {
                return;
            }
            if (trail.slot().isPresent()) {
                trails.remove();
                count(trail);
            }
        }
    }

    private void count(Trail trail) {
        Sizes sizes = trail.sizes().orElseThrow();
        if (sizes.counted().isPresent()) {
            return;
        }
        new Estimate(services, context, trail)
                .counted(trail.asking().orElseThrow(), sizes)
                .onComplete(
                        exact -> {
                            trail.sized(exact);
                            trail.slot().ifPresent(slot -> slot.counted(exact.likelyInputTokens()));
                        },
                        defect -> LOG.atWarn()
                                .setCause(defect)
                                .addKeyValue("request", trail.id())
                                .log("the input of an open request could not be counted"));
    }
}
