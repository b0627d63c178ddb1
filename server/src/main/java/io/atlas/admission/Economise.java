package io.atlas.admission;

import io.atlas.config.Configuration;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Estimated;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Savings;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.route.Ladder;
import io.atlas.kernel.route.Offer;
import io.atlas.kernel.route.Rung;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Shortage;
import io.atlas.kernel.tenant.Caller;
import io.atlas.model.Model;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How a request may be served where a calendar limit on its path runs low: shorter or by a cheaper model, as far as its
 * tier or tenant says. Nothing is held here; each way is reserved at its own price, on its own limits.
 */
public final class Economise implements Stage<Estimated, Candidates> {
    private final Services services;
    private final Trim trim;
    private final Trail trail;

    public Economise(Services services, Estimate estimate, Trail trail) {
        this.services = services;
        this.trim = new Trim(services, estimate);
        this.trail = trail;
    }

    @Override
    public Future<Passage<Candidates>> pass(Estimated estimated) {
        services.savings().see(estimated.asking().path().limits(), estimated.levels(), trail.atMicros());
        ModelWish wish = ModelWish.of(trail.request().headers());
        if (wish == ModelWish.WRONG) {
            return Passage.stopped(Stop.refused(Fault.ofHeader(
                    ModelWish.HEADER, ModelWish.HEADER + ": not a choice (expected: once, true or false)")));
        }
        return candidates(estimated).compose(candidates -> switch (wish) {
            case EXACT -> exact(candidates, estimated);
            case ANY, WRONG -> Passage.onward(candidates);
        });
    }

    private Future<Passage<Candidates>> exact(Candidates candidates, Estimated estimated) {
        return candidates.all().getFirst().moves().contains(Saving.DOWNGRADE)
                ? new Unwilling(services, trail).refuse(candidates, shortages(estimated))
                : Passage.onward(ofAskedModel(candidates));
    }

    /** Those of them that ask no other model. */
    static Candidates ofAskedModel(Candidates candidates) {
        return new Candidates(
                candidates.all().stream()
                        .filter(one -> !one.moves().contains(Saving.DOWNGRADE))
                        .toList(),
                candidates.cause(),
                candidates.trimmedTokens());
    }

    private List<Shortage> shortages(Estimated estimated) {
        return shortages(services.savings(), estimated, trail.atMicros());
    }

    private static List<Shortage> shortages(Savings savings, Estimated estimated, long nowMicros) {
        Asking asking = estimated.asking();
        Sizes sizes = estimated.sizes();
        // Who names no bound is content with a shorter answer, which is found when it is reserved.
        Sizes least = asking.request().ask().output().maxTokens().isPresent()
                ? sizes
                : sizes.withOutput(Math.min(sizes.outputTokens(), Ladder.LEAST_OUTPUT_TOKENS));
        return savings.shortages(asking.path().limits(), estimated.levels(), least.demand(asking.model()), nowMicros);
    }

    private Future<Candidates> candidates(Estimated estimated) {
        Asking asking = estimated.asking();
        Sizes sizes = estimated.sizes();
        List<Saving> order = order(asking);
        List<Shortage> shortages = order.isEmpty() ? List.of() : shortages(estimated);
        Optional<Shortage> cause = shortages.stream().min(Comparator.comparingDouble(Shortage::share));
        if (cause.isEmpty()) {
            return Future.succeededFuture(Candidates.asAsked(asking, sizes));
        }
        Candidate asked = new Candidate(asking, sizes, List.of());
        Future<Trim.Trimmed> trimmed = order.contains(Saving.TRIM)
                ? trim.to(Ladder.promptShare(rung(asked), shortages), asking, sizes)
                : Future.succeededFuture(new Trim.Trimmed(asked, Optional.empty()));
        return trimmed.map(conversation ->
                new Candidates(candidates(services, order, conversation, shortages), cause, conversation.tokens()));
    }

    /** The ways of a request whose conversation is left as it is, where those limits are short of which this is known. */
    static Candidates untrimmed(Services services, Estimated estimated, List<Saving> order, long nowMicros) {
        Savings unseen = new Savings(services.savings().rates());
        List<Shortage> shortages = shortages(unseen, estimated, nowMicros);
        Optional<Shortage> cause = shortages.stream().min(Comparator.comparingDouble(Shortage::share));
        Candidate asked = new Candidate(estimated.asking(), estimated.sizes(), List.of());
        Trim.Trimmed whole = new Trim.Trimmed(asked, Optional.empty());
        return cause.isEmpty() || order.isEmpty()
                ? Candidates.asAsked(estimated.asking(), estimated.sizes())
                : new Candidates(candidates(services, order, whole, shortages), cause, 0);
    }

    private static List<Candidate> candidates(
            Services services, List<Saving> order, Trim.Trimmed conversation, List<Shortage> shortages) {
        List<Candidate> chain = chain(services, conversation.whole());
        List<Candidate> shorter =
                conversation.shorter().map(one -> shorter(services, one, chain)).orElse(List.of());
        List<Candidate> all = new ArrayList<>();
        for (Offer offer : Ladder.offers(order, rungs(chain), rungs(shorter), shortages)) {
            List<Candidate> from = offer.moves().contains(Saving.TRIM) ? shorter : chain;
            Candidate rung = from.get(offer.rung());
            all.add(new Candidate(rung.asking(), rung.sizes().withOutput(offer.outputTokens()), offer.moves()));
        }
        return all;
    }

    /** The same models with the shorter conversation. */
    private static List<Candidate> shorter(Services services, Candidate asked, List<Candidate> chain) {
        List<Candidate> shorter = new ArrayList<>();
        shorter.add(asked);
        for (Candidate rung : chain.subList(1, chain.size())) {
            Model model = rung.asking().model();
            shorter.add(at(services, model, asked.asking(), asked.sizes()).orElse(rung));
        }
        return shorter;
    }

    private static List<Rung> rungs(List<Candidate> candidates) {
        return candidates.stream().map(Economise::rung).toList();
    }

    /** What is done, and in which order: as the tenant says, else as the tier on whose terms the request is served. */
    static List<Saving> order(Asking asking) {
        Configuration configuration = asking.caller().snapshot().configuration();
        Caller caller = asking.caller().principal().caller();
        return Optional.ofNullable(configuration.tenants().get(caller.tenant()))
                .flatMap(Tenant::whenLow)
                .or(() -> Optional.ofNullable(configuration.tiers().get(caller.tier()))
                        .map(TierPlan::whenLow))
                .orElse(List.of());
    }

    /** The request at the asked model, and at those of the chain that may serve it and have room for it. */
    private static List<Candidate> chain(Services services, Candidate asked) {
        Asking asking = asked.asking();
        List<Candidate> chain = new ArrayList<>();
        chain.add(asked);
        List<Model> models = Ladder.chain(asking.model(), model -> next(asking, model), asking::servableBy);
        for (Model model : models.subList(1, models.size())) {
            at(services, model, asking, asked.sizes()).ifPresent(chain::add);
        }
        return chain;
    }

    private static Optional<Model> next(Asking asking, Model model) {
        return model.downgrade().flatMap(name -> asking.caller().snapshot().model(name));
    }

    /** The request at another model, if that has room for it. */
    static Optional<Candidate> at(Services services, Model model, Asking asking, Sizes sizes) {
        Sizes there = Estimate.at(model, services.counts(), asking, sizes);
        boolean whole = asking.request().ask().size().prompts() == 1;
        long room = model.contextTokens() - there.inputTokens();
        if (whole && room < Math.min(there.outputTokens(), Ladder.LEAST_OUTPUT_TOKENS)) {
            return Optional.empty();
        }
        Sizes fitted = whole ? there.withOutput(Math.min(there.outputTokens(), room)) : there;
        return Optional.of(new Candidate(asking.at(model), fitted, List.of()));
    }

    private static Rung rung(Candidate candidate) {
        Model model = candidate.asking().model();
        Sizes sizes = candidate.sizes();
        return new Rung(
                model.name(),
                model.modelClass(),
                model.price(),
                sizes.inputTokens(),
                sizes.outputTokens(),
                sizes.choices());
    }
}
