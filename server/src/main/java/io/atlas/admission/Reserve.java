package io.atlas.admission;

import io.atlas.answer.Refusal;
import io.atlas.config.Model;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Held;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.store.StoreAway;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holds the request's bound on every limit of its path at once. A caller who named no bound of the output is content
 * with a shorter answer, so that one is fitted to what is left, and refused only where the least worth serving does not
 * fit; a bound that was named is kept or refused.
 */
public final class Reserve implements Stage<Sizes, Held> {
    private static final int TRIES = 3;
    private static final long CHEAP_TO_COUNT_BYTES = 16 << 10;

    private final Services services;
    private final Estimate estimate;
    private final Trail trail;

    public Reserve(Services services, Estimate estimate, Trail trail) {
        this.services = services;
        this.estimate = estimate;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Held>> pass(Sizes sizes) {
        return attempt(trail.asking().orElseThrow(), sizes, TRIES);
    }

    private Future<Passage<Held>> attempt(Asking asking, Sizes sizes, int tries) {
        Demand demand = sizes.demand(asking.model());
        return Future.fromCompletionStage(services.store().reserve(trail.id(), asking.path(), demand, trail.atMicros()))
                .compose(verdict -> switch (verdict) {
                    case Verdict.Granted granted -> held(asking, sizes, granted.reservation());
                    case Refused refused -> refused(asking, sizes, refused, tries);
                })
                .recover(failure -> failure instanceof StoreAway
                        ? Passage.stopped(Stop.refused(Fault.of(
                                Reason.QUOTA_UNAVAILABLE,
                                "the counters of your limits cannot be reached now; try again")))
                        : Future.failedFuture(failure));
    }

    private Future<Passage<Held>> refused(Asking asking, Sizes sizes, Refused refused, int tries) {
        if (sizes.counted().isEmpty() && worthCounting(asking, refused)) {
            return estimate.counted(asking, sizes).compose(counted -> attempt(asking, counted, tries));
        }
        long output = affordable(asking, sizes, refused).orElse(Estimate.LEAST_OUTPUT_TOKENS);
        boolean unbounded = asking.request().ask().output().maxTokens().isEmpty();
        if (unbounded && output < sizes.outputTokens() && tries > 0) {
            return attempt(asking, sizes.withOutput(output), tries - 1);
        }
        long nanos = services.time().nanos();
        trail.times().quotaCheck = nanos - trail.times().quotaCheck;
        trail.refused(sizes.demand(asking.model()).nanoUsd());
        trail.sized(sizes);
        trail.step(estimated(sizes, nanos));
        trail.step(new Step.Refused(trail.afterMicros(nanos), refused.reason(), lines(refused)));
        return Passage.stopped(Stop.refused(Refusal.fault(refused), refused));
    }

    /**
     * Whether the refusal may be for the bound alone, or names it. Where only requests are counted a large prompt is not
     * read again: who is refused again and again must not cost more than who is served.
     */
    private static boolean worthCounting(Asking asking, Refused refused) {
        boolean dependsOnInput = refused.shortfalls().stream()
                .anyMatch(shortfall -> switch (shortfall.limit().spec().kind()) {
                    case TOKENS, INPUT_TOKENS, COST -> true;
                    case REQUESTS, OUTPUT_TOKENS, CONCURRENT -> false;
                });
        return dependsOnInput || asking.request().ask().size().textBytes() <= CHEAP_TO_COUNT_BYTES;
    }

    private Future<Passage<Held>> held(Asking asking, Sizes sizes, Reservation reservation) {
        long nanos = services.time().nanos();
        trail.times().quotaCheck = nanos - trail.times().quotaCheck;
        trail.holds(reservation);
        trail.sized(sizes);
        trail.step(estimated(sizes, nanos));
        trail.step(new Step.Reserved(trail.afterMicros(nanos), lines(reservation)));
        return Passage.onward(new Held(asking, sizes, reservation));
    }

    /** The most output tokens of one choice with which the request would fit what is left; none below the least that is worth it. */
    public static OptionalLong affordable(Asking asking, Sizes sizes, Refused refused) {
        long output = sizes.outputTokens() * sizes.choices();
        for (Shortfall shortfall : refused.shortfalls()) {
            output = Math.min(output, affordable(asking.model(), sizes, shortfall));
        }
        long ofOneChoice = output / sizes.choices();
        return ofOneChoice >= Estimate.LEAST_OUTPUT_TOKENS && ofOneChoice < sizes.outputTokens()
                ? OptionalLong.of(ofOneChoice)
                : OptionalLong.empty();
    }

    private static long affordable(Model model, Sizes sizes, Shortfall shortfall) {
        long left = shortfall.level().remaining(shortfall.limit().spec());
        Kind kind = shortfall.limit().spec().kind();
        return switch (kind) {
            case TOKENS -> left - sizes.inputTokens();
            case OUTPUT_TOKENS -> left;
            case COST -> model.price().affordableOutputTokens(left, sizes.inputTokens());
            case REQUESTS, INPUT_TOKENS, CONCURRENT -> -1;
        };
    }

    private Step estimated(Sizes sizes, long nanos) {
        return new Step.Estimated(
                trail.afterMicros(nanos), sizes.inputTokens(), sizes.outputTokens() * sizes.choices(), sizes.method());
    }

    private static List<LimitLine> lines(Reservation reservation) {
        List<LimitLine> lines = new ArrayList<>(reservation.taken().size());
        for (Reservation.Taken taken : reservation.taken()) {
            lines.add(new LimitLine(
                    taken.limit().id(),
                    taken.limit().spec().amount(),
                    taken.before().used(),
                    taken.before().held(),
                    reservation.demand().of(taken.limit().spec().kind()),
                    Optional.empty()));
        }
        return lines;
    }

    private static List<LimitLine> lines(Refused refused) {
        return refused.shortfalls().stream()
                .map(shortfall -> new LimitLine(
                        shortfall.limit().id(),
                        shortfall.limit().spec().amount(),
                        shortfall.level().used(),
                        shortfall.level().held(),
                        shortfall.requested(),
                        Optional.of(shortfall.reason())))
                .toList();
    }
}
