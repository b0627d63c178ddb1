package io.atlas.admission;

import io.atlas.config.Configuration;
import io.atlas.config.Model;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Estimated;
import io.atlas.exchange.Passage;
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
    private final Trail trail;

    public Economise(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Candidates>> pass(Estimated estimated) {
        ModelWish wish = ModelWish.of(trail.request().headers());
        if (wish == ModelWish.WRONG) {
            return Passage.stopped(Stop.refused(Fault.ofHeader(
                    ModelWish.HEADER, ModelWish.HEADER + ": not a choice (expected: once, true or false)")));
        }
        Candidates candidates = candidates(estimated);
        Candidate first = candidates.all().getFirst();
        if (wish == ModelWish.ANY || !first.moves().contains(Saving.DOWNGRADE)) {
            return Passage.onward(wish == ModelWish.ANY ? candidates : ofAskedModel(candidates));
        }
        return new Unwilling(services, trail).refuse(candidates, shortages(estimated));
    }

    private static Candidates ofAskedModel(Candidates candidates) {
        return new Candidates(
                candidates.all().stream()
                        .filter(one -> !one.moves().contains(Saving.DOWNGRADE))
                        .toList(),
                candidates.cause());
    }

    private List<Shortage> shortages(Estimated estimated) {
        Asking asking = estimated.asking();
        Sizes sizes = estimated.sizes();
        // Who names no bound is content with a shorter answer, which is found when it is reserved.
        Sizes least = asking.request().ask().output().maxTokens().isPresent()
                ? sizes
                : sizes.withOutput(Math.min(sizes.outputTokens(), Ladder.LEAST_OUTPUT_TOKENS));
        return services.savings().shortages(asking.path().limits(), estimated.levels(), least.demand(asking.model()));
    }

    private Candidates candidates(Estimated estimated) {
        Asking asking = estimated.asking();
        List<Saving> order = order(asking);
        List<Shortage> shortages = order.isEmpty() ? List.of() : shortages(estimated);
        if (shortages.isEmpty()) {
            return Candidates.asAsked(asking, estimated.sizes());
        }
        List<Candidate> chain = chain(asking, estimated.sizes());
        List<Rung> rungs = chain.stream().map(Economise::rung).toList();
        List<Candidate> all = new ArrayList<>();
        for (Offer offer : Ladder.offers(order, rungs, shortages)) {
            Candidate rung = chain.get(offer.rung());
            all.add(new Candidate(rung.asking(), rung.sizes().withOutput(offer.outputTokens()), offer.moves()));
        }
        return new Candidates(all, shortages.stream().min(Comparator.comparingDouble(Shortage::share)));
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
    private List<Candidate> chain(Asking asking, Sizes sizes) {
        List<Candidate> chain = new ArrayList<>();
        chain.add(new Candidate(asking, sizes, List.of()));
        Optional<Model> next = next(asking, asking.model());
        while (next.isPresent()) {
            Model model = next.get();
            if (asking.caller().principal().mayUse(model)) {
                at(model, asking, sizes).ifPresent(chain::add);
            }
            next = next(asking, model);
        }
        return chain;
    }

    private static Optional<Model> next(Asking asking, Model model) {
        return model.downgrade().flatMap(name -> asking.caller().snapshot().model(name));
    }

    /** The request at another model, if that has room for it. */
    Optional<Candidate> at(Model model, Asking asking, Sizes sizes) {
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
