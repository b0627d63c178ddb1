package io.atlas.elasticity;

import io.atlas.config.Configuration;
import io.atlas.config.Snapshot;
import io.atlas.kernel.elasticity.CapacityEstimate;
import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.elasticity.RateController;
import io.atlas.kernel.elasticity.RateController.Allocation;
import io.atlas.kernel.elasticity.RateController.Member;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Scope;
import io.atlas.model.Deployment;
import io.atlas.model.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The limits that follow the load and share what can be served: of one level of the tree, one kind, one period and the same
 * models, so that no request counts on two of them. What can be served is counted in their own unit: requests, tokens or
 * money a second, at the mix of requests and models of the moment, until the fullest of their backends is full. What others
 * are served there meanwhile is thereby left out of it.
 */
final class LoadGroup {
    private static final double LEARN = 0.2;

    /** What tells groups apart; a limit of a model shares with no other model's, one that stands in only with such. */
    record Key(Scope scope, String sort, Optional<String> apart) {
        static Key of(Limit limit) {
            return new Key(limit.place().scope(), limit.spec().sort(), apart(limit.place()));
        }

        private static Optional<String> apart(Place place) {
            return switch (place) {
                case Place.OfModel of -> Optional.of(of.model());
                case Place.OfPool of -> Optional.of(of.pool());
                case Place.OfStandIn _ -> Optional.of(Place.OfStandIn.WORD);
                case Place.OfGateway _, Place.OfTenant _, Place.OfTeam _, Place.OfUser _ -> Optional.empty();
                case Place.OfKey _, Place.OfEndUser _ -> Optional.empty();
            };
        }
    }

    /** A limit and its weight. */
    record Part(Limit limit, int weight) {}

    private final RateController controller = new RateController();
    private final CapacityEstimate capacity = new CapacityEstimate();

    /** What requests use of what is reserved for them. */
    private double usedPart = 1;

    /** What its limits may have from now on, in the unit of each and by its period. */
    record Step(Map<String, Long> amounts, boolean oversold) {}

    /**
     * What was seen since the last step.
     *
     * @param sight by all nodes that give out the same limits
     * @param backends of its limits
     */
    record Interval(Sight sight, Set<String> backends, double seconds) {}

    /** The next step. */
    Step step(List<Part> parts, Interval interval, long nowMicros) {
        Sight sight = interval.sight;
        Sight.Rate all =
                parts.stream().map(part -> sight.of(part.limit.id())).reduce(Sight.Rate.NONE, Sight.Rate::plus);
        if (all.reserved() > 0) {
            usedPart += LEARN * (all.used() / all.reserved() - usedPart);
        }
        capacity.observe(all.used(), sight.fullest(interval.backends), interval.seconds);
        List<Member> members = new ArrayList<>(parts.size());
        for (Part part : parts) {
            Sight.Rate rate = sight.of(part.limit.id());
            members.add(member(part, rate.used() + rate.refused() * usedPart, nowMicros));
        }
        Allocation allocation = controller.step(members, capacity.perSecond(), interval.seconds);
        Map<String, Long> amounts = new HashMap<>();
        parts.forEach(part -> amounts.put(
                part.limit.id(),
                Math.round(allocation.rates().getOrDefault(part.limit.id(), 0.0) * periodSeconds(part.limit))));
        return new Step(amounts, allocation.oversold());
    }

    private static Member member(Part part, double offered, long nowMicros) {
        Limit limit = part.limit;
        Elasticity how = limit.spec().elasticity().orElseThrow();
        int perMille = how.perMille(nowMicros, limit.zone());
        Elasticity.Range range = how.range(perMille).orElseThrow();
        double period = periodSeconds(limit);
        return new Member(
                limit.id(),
                part.weight,
                range.floor() / period,
                range.cap() / period,
                range.within(Elasticity.scaled(how.amount(), perMille)) / period,
                offered);
    }

    private static double periodSeconds(Limit limit) {
        return (double) limit.spec().per().orElseThrow().micros() / TimeUnit.SECONDS.toMicros(1);
    }

    /** The backends that serve what such a limit counts. */
    static Set<String> backends(Limit limit, Configuration configuration) {
        return configuration.models().values().stream()
                .filter(model -> counts(limit, model))
                .flatMap(model -> model.deployments().stream())
                .map(Deployment::backend)
                .collect(Collectors.toSet());
    }

    private static boolean counts(Limit limit, Model model) {
        return limit.place() instanceof Place.OfModel of
                ? of.model().equals(model.name())
                : limit.spec().narrowing().covers(model.name(), model.modelClass());
    }

    /** The share of a limit's owner: that of its tenant's tier. */
    static int weight(Limit limit, Snapshot snapshot) {
        Configuration configuration = snapshot.configuration();
        return limit.place()
                .payer()
                .flatMap(name -> Optional.ofNullable(configuration.tenants().get(name)))
                .flatMap(tenant -> Optional.ofNullable(configuration.tiers().get(tenant.tier())))
                .map(plan -> plan.tier().weight())
                .orElse(1);
    }
}
