package io.atlas.admission;

import io.atlas.config.Configuration;
import io.atlas.config.Snapshot;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Services;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.route.Saving;
import io.atlas.model.Model;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What serves a request once calendar limits of its tenant's tier are used up: the models that the tier names for that
 * case, on the limits that it gives for it instead of those. All other limits bind as ever.
 */
final class Exhausted {
    private final Services services;
    private final Trail trail;

    Exhausted(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /**
     * A request that is held on limits that stand in for others.
     *
     * @param spent the first of those, as it refused
     * @param instead the sorts of all of them
     */
    record StandIn(Candidate candidate, Reservation reservation, Shortfall spent, List<String> instead) {}

    /** The request held so, if it can be; nothing is held otherwise. */
    Future<Optional<StandIn>> hold(Candidate asked, Refused refused) {
        List<Shortfall> spent = spent(refused);
        Optional<TierPlan.StandIn> plan = plan(asked.asking());
        if (spent.isEmpty() || plan.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return first(asked, spent, models(asked.asking(), plan.get()));
    }

    private static Optional<TierPlan.StandIn> plan(Asking asking) {
        Configuration configuration = asking.caller().snapshot().configuration();
        return Optional.ofNullable(configuration
                        .tenants()
                        .get(asking.caller().principal().caller().tenant()))
                .map(Tenant::tier)
                .flatMap(tier -> Optional.ofNullable(configuration.tiers().get(tier)))
                .flatMap(TierPlan::whenExhausted);
    }

    private List<Model> models(Asking asking, TierPlan.StandIn plan) {
        boolean exact = ModelWish.of(trail.request().headers()) == ModelWish.EXACT;
        return plan.models().stream()
                .flatMap(name -> asking.caller().snapshot().model(name).stream())
                .filter(asking::servableBy)
                .filter(model -> !exact || model.equals(asking.model()))
                .toList();
    }

    private static List<Shortfall> spent(Refused refused) {
        return refused.shortfalls().stream()
                .filter(shortfall -> shortfall.limit().replaceable())
                .filter(shortfall ->
                        shortfall.reason() == Reason.QUOTA_EXHAUSTED || shortfall.reason() == Reason.BUDGET_EXHAUSTED)
                .toList();
    }

    private Future<Optional<StandIn>> first(Candidate asked, List<Shortfall> spent, List<Model> models) {
        if (models.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return hold(asked, spent, models.getFirst())
                .compose(held -> held.isPresent()
                        ? Future.succeededFuture(held)
                        : first(asked, spent, models.subList(1, models.size())));
    }

    private Future<Optional<StandIn>> hold(Candidate asked, List<Shortfall> spent, Model model) {
        Optional<Candidate> there = model.equals(asked.asking().model())
                ? Optional.of(asked)
                : Economise.at(services, model, asked.asking(), asked.sizes());
        if (there.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        Candidate candidate = there.get();
        List<Limit> path = candidate.asking().path().limits();
        return Future.fromCompletionStage(
                        services.store().refusal(path, candidate.sizes().demand(model), trail.atMicros()))
                .compose(refused -> {
                    List<Shortfall> all = new ArrayList<>(spent);
                    refused.map(Exhausted::spent).ifPresent(all::addAll);
                    return hold(candidate, all);
                });
    }

    private Future<Optional<StandIn>> hold(Candidate candidate, List<Shortfall> spent) {
        Asking asking = candidate.asking();
        Set<String> spentIds = new LinkedHashSet<>();
        Set<String> instead = new LinkedHashSet<>();
        spent.forEach(shortfall -> {
            spentIds.add(shortfall.limit().id());
            instead.add(shortfall.limit().spec().sort());
        });
        List<Limit> path = new ArrayList<>();
        asking.path().limits().stream()
                .filter(limit -> !spentIds.contains(limit.id()))
                .forEach(path::add);
        Snapshot snapshot = asking.caller().snapshot();
        path.addAll(snapshot.standIns(asking.caller().principal().caller().tenant()));
        Asking there = asking.at(asking.model(), path);
        return Future.fromCompletionStage(services.store()
                        .reserve(trail.id(), there.path(), candidate.sizes().demand(asking.model()), trail.atMicros()))
                .map(verdict -> switch (verdict) {
                    case Refused _ -> Optional.empty();
                    case Verdict.Granted granted ->
                        Optional.of(new StandIn(
                                new Candidate(there, candidate.sizes(), moves(asking)),
                                granted.reservation(),
                                spent.getFirst(),
                                List.copyOf(instead)));
                });
    }

    private List<Saving> moves(Asking served) {
        boolean asAsked = served.model().name().equals(trail.asked().model());
        return asAsked ? List.of() : List.of(Saving.DOWNGRADE);
    }
}
