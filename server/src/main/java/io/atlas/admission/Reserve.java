package io.atlas.admission;

import io.atlas.answer.Refusal;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates;
import io.atlas.exchange.Candidates.Candidate;
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
import io.atlas.kernel.route.Shortage;
import io.atlas.model.Model;
import io.atlas.store.StoreAway;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holds the request's bound on every limit of its path at once. A caller who named no bound of the output is content
 * with a shorter answer, so that one is fitted to what is left, and refused only where the least worth serving does not
 * fit; a bound that was named is kept or refused.
 */
public final class Reserve implements Stage<Candidates, Held> {
    private static final int TRIES = 3;
    private static final long CHEAP_TO_COUNT_BYTES = 16 << 10;

    private final Services services;
    private final Estimate estimate;
    private final Trail trail;
    private final Exhausted exhausted;
    private final Findings findings;

    public Reserve(Services services, Estimate estimate, Trail trail) {
        this.services = services;
        this.estimate = estimate;
        this.trail = trail;
        this.exhausted = new Exhausted(services, trail);
        this.findings = new Findings(services, trail);
    }

    /** What became of one candidate: it is held, or why not, in the sizes that were tried last. */
    private sealed interface Tried {
        record Granted(Sizes sizes, Reservation reservation) implements Tried {}

        record Denied(Sizes sizes, Refused refused) implements Tried {}
    }

    @Override
    public Future<Passage<Held>> pass(Candidates candidates) {
        return first(candidates, 0)
                .recover(failure -> failure instanceof StoreAway
                        ? Passage.stopped(Stop.refused(Fault.of(
                                Reason.QUOTA_UNAVAILABLE,
                                "the counters of your limits cannot be reached now; try again")))
                        : Future.failedFuture(failure));
    }

    /** The first of the candidates, from that one on, which fits; else the refusal of what was asked. */
    private Future<Passage<Held>> first(Candidates candidates, int index) {
        Candidate candidate = candidates.all().get(index);
        return attempt(candidate.asking(), candidate.sizes(), TRIES).compose(tried -> switch (tried) {
            case Tried.Granted granted -> held(candidates, resized(candidate, granted.sizes), granted.reservation);
            case Tried.Denied denied ->
                index + 1 < candidates.all().size()
                        ? first(candidates, index + 1)
                        : lastly(resized(candidate, denied.sizes), denied.refused);
        });
    }

    private Future<Passage<Held>> lastly(Candidate asked, Refused refused) {
        return exhausted.hold(asked, refused).compose(held -> {
            if (held.isEmpty()) {
                findings.refused(asked, refused);
                return Passage.stopped(Stop.refused(Refusal.fault(refused), refused));
            }
            Exhausted.StandIn standIn = held.get();
            Shortage cause =
                    new Shortage(standIn.spent().limit(), standIn.spent().level());
            findings.standsIn(standIn.instead());
            Candidates alone = new Candidates(List.of(asked), Optional.of(cause), 0);
            return held(alone, standIn.candidate(), standIn.reservation());
        });
    }

    private static Candidate resized(Candidate candidate, Sizes sizes) {
        return new Candidate(candidate.asking(), sizes, candidate.moves());
    }

    private Future<Passage<Held>> held(Candidates candidates, Candidate served, Reservation reservation) {
        findings.held(candidates, served, reservation);
        return Passage.onward(new Held(served.asking(), served.sizes(), reservation));
    }

    private Future<Tried> attempt(Asking asking, Sizes sizes, int tries) {
        Demand demand = sizes.demand(asking.model());
        return Future.fromCompletionStage(services.store().reserve(trail.id(), asking.path(), demand, trail.atMicros()))
                .compose(verdict -> switch (verdict) {
                    case Verdict.Granted granted ->
                        Future.succeededFuture(new Tried.Granted(sizes, granted.reservation()));
                    case Refused refused -> again(asking, sizes, refused, tries);
                });
    }

    /** Once more, if another size may fit. */
    private Future<Tried> again(Asking asking, Sizes sizes, Refused refused, int tries) {
        if (sizes.counted().isEmpty() && worthCounting(asking, refused)) {
            return estimate.counted(asking, sizes).compose(counted -> attempt(asking, counted, tries));
        }
        long output = affordable(asking, sizes, refused).orElse(Estimate.LEAST_OUTPUT_TOKENS);
        boolean unbounded = asking.request().ask().output().maxTokens().isEmpty();
        return unbounded && output < sizes.outputTokens() && tries > 0
                ? attempt(asking, sizes.withOutput(output), tries - 1)
                : Future.succeededFuture(new Tried.Denied(sizes, refused));
    }

    /**
     * Whether the refusal may be for the bound alone, or names it. Where only requests are counted a large prompt is not
     * read again: who is refused again and again must not cost more than who is served.
     */
    private static boolean worthCounting(Asking asking, Refused refused) {
        boolean dependsOnInput = refused.shortfalls().stream()
                .anyMatch(shortfall -> switch (shortfall.limit().spec().kind()) {
                    case TOKENS, INPUT_TOKENS, CREDITS, COST -> true;
                    case REQUESTS, OUTPUT_TOKENS, CONCURRENT -> false;
                });
        return dependsOnInput || asking.request().ask().size().textBytes() <= CHEAP_TO_COUNT_BYTES;
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
            case CREDITS -> model.price().outputTokensOfCredits(left, sizes.inputTokens());
            case COST -> model.price().affordableOutputTokens(left, sizes.inputTokens());
            case REQUESTS, INPUT_TOKENS, CONCURRENT -> -1;
        };
    }
}
