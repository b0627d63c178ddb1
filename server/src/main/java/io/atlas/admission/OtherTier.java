package io.atlas.admission;

import io.atlas.config.Audience;
import io.atlas.config.Principal;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Estimated;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Scope;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.tenant.Caller;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What would become of a request if its caller were on another tier: as it is asked, clamped or by a cheaper model, as that
 * tier does where a budget runs low. Only what shortens the conversation is left out, as that would have to be counted.
 */
final class OtherTier {
    private final Services services;
    private final Trail trail;
    private final ModelWish wish;

    OtherTier(Services services, Trail trail, ModelWish wish) {
        this.services = services;
        this.trail = trail;
        this.wish = wish;
    }

    /**
     * Whether the request would surely be served. A limit of the tier that this tenant does not have today was never
     * counted; of a short one it is known that it holds no more than a calendar limit of the same sort has counted, and of
     * requests at once that they are no more than what open requests hold of any calendar limit. Of an end user what he
     * used while that tier was claimed is what his counters hold.
     */
    Future<Boolean> serves(Asking asking, Sizes sizes, TierPlan plan) {
        Principal here = asking.caller().principal();
        Optional<Principal> principal = here.caller().endUser().isPresent()
                ? Optional.of(claiming(here, plan))
                : tenant(asking).map(tenant -> on(here, tenant, plan));
        Optional<Principal> allowed = principal.filter(there -> there.mayUse(asking.model())
                && asking.model().can(asking.request().ask().needs()));
        if (allowed.isEmpty()) {
            return Future.succeededFuture(false);
        }
        Identified caller = new Identified(asking.caller().snapshot(), allowed.orElseThrow());
        Asking there = new Asking(
                caller,
                asking.request(),
                asking.model(),
                caller.snapshot().path(caller.principal(), asking.model()),
                asking.maxWaitMillis());
        return serves(there, sizes, here.limits());
    }

    private static Optional<Tenant> tenant(Asking asking) {
        return Optional.ofNullable(asking.caller()
                .snapshot()
                .configuration()
                .tenants()
                .get(asking.caller().principal().caller().tenant()));
    }

    private static Principal on(Principal here, Tenant tenant, TierPlan plan) {
        List<Limit> ofTenant =
                Limit.ofTenant(new Place.OfTenant(tenant.name()), plan.limits(), tenant.limits(), tenant.zone());
        return new Principal(
                onTier(here.caller(), plan),
                plan.tier(),
                plan.tier(),
                here.disclosure(),
                here.expiresAtMicros(),
                here.reach(),
                new Principal.Paths(here.reach().with(ofTenant).limits()),
                here.audience());
    }

    private static Principal claiming(Principal here, TierPlan plan) {
        Audience audience = here.audience().orElseThrow();
        List<Limit> limits = new ArrayList<>(here.limits().stream()
                .filter(limit -> limit.place().scope() != Scope.END_USER)
                .toList());
        limits.addAll(audience.limits(
                here.caller().endUser().orElseThrow(), plan.tier().name()));
        return new Principal(
                onTier(here.caller(), plan),
                plan.tier(),
                here.tenantTier(),
                here.disclosure(),
                here.expiresAtMicros(),
                here.reach(),
                new Principal.Paths(limits),
                here.audience());
    }

    private static Caller onTier(Caller caller, TierPlan plan) {
        return new Caller(
                caller.tenant(),
                caller.team(),
                caller.user(),
                caller.key(),
                plan.tier().name(),
                caller.endUser());
    }

    private Future<Boolean> serves(Asking there, Sizes sizes, List<Limit> counted) {
        List<Limit> path = there.path().limits();
        return Future.fromCompletionStage(services.store().levels(path, trail.atMicros()))
                .compose(levels -> {
                    List<Candidate> ways = ways(new Estimated(there, sizes, levels));
                    return Future.fromCompletionStage(services.store().levels(counted, trail.atMicros()))
                            .compose(known -> any(ways, new Counted(counted, known)));
                });
    }

    /** What the tenant's limits of today have counted. */
    private record Counted(List<Limit> limits, List<Level> levels) {}

    /** Whoever takes no other model is refused where another would serve. */
    private List<Candidate> ways(Estimated estimated) {
        List<Saving> order = Economise.order(estimated.asking()).stream()
                .filter(saving -> saving != Saving.TRIM)
                .toList();
        Candidates all = Economise.untrimmed(services, estimated, order, trail.atMicros());
        return switch (wish) {
            case ANY, WRONG -> all.all();
            case EXACT ->
                all.all().getFirst().moves().contains(Saving.DOWNGRADE)
                        ? List.of()
                        : Economise.ofAskedModel(all).all();
        };
    }

    private Future<Boolean> any(List<Candidate> ways, Counted counted) {
        return ways.isEmpty()
                ? Future.succeededFuture(false)
                : fits(ways.getFirst(), counted)
                        .compose(fits ->
                                fits ? Future.succeededFuture(true) : any(ways.subList(1, ways.size()), counted));
    }

    private Future<Boolean> fits(Candidate way, Counted counted) {
        Demand demand = way.sizes().demand(way.asking().model());
        Set<String> here = counted.limits.stream().map(Limit::id).collect(Collectors.toSet());
        List<Limit> path = services.store().current(way.asking().path().limits(), trail.atMicros());
        boolean bounded = path.stream()
                .filter(limit -> limit.spec().enforced() && !isKnown(limit, here))
                .allMatch(limit -> bounded(limit, counted.limits, counted.levels, demand));
        List<Limit> known = path.stream().filter(limit -> isKnown(limit, here)).toList();
        return bounded
                ? Future.fromCompletionStage(services.store().refusal(known, demand, trail.atMicros()))
                        .map(Optional::isEmpty)
                : Future.succeededFuture(false);
    }

    private static boolean isKnown(Limit limit, Set<String> here) {
        return switch (limit.place().scope()) {
            case MODEL, END_USER -> true;
            default -> here.contains(limit.id());
        };
    }

    private static boolean bounded(Limit limit, List<Limit> path, List<Level> levels, Demand demand) {
        for (int i = 0; i < path.size(); i++) {
            Limit counted = path.get(i);
            boolean wider = counted.place().equals(limit.place())
                    && counted.spec().calendar()
                    && counted.spec().narrowing().equals(limit.spec().narrowing());
            if (wider && bounded(limit.spec(), counted.spec().kind(), levels.get(i), demand)) {
                return true;
            }
        }
        return false;
    }

    private static boolean bounded(LimitSpec spec, Kind counted, Level level, Demand demand) {
        long needed = demand.of(spec.kind());
        if (spec.kind() == Kind.CONCURRENT) {
            boolean byRequest = counted == Kind.REQUESTS || counted == Kind.TOKENS || counted == Kind.INPUT_TOKENS;
            return byRequest && level.held() + needed <= spec.capacity();
        }
        return spec.leaks() && counted == spec.kind() && level.used() + level.held() + needed <= spec.capacity();
    }
}
