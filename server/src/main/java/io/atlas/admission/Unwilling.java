package io.atlas.admission;

import io.atlas.answer.Refusal;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Candidates;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.route.Shortage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The refusal of a request that another model would serve, but whose caller wants no other. A limit that runs low refuses
 * it as if it were used up: for what is asked of it, it is, until it resets.
 */
final class Unwilling {
    private final Services services;
    private final Trail trail;

    Unwilling(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** Refuses it, with the limits that refuse what was asked beside those that are low: after its wait it passes. */
    <T> Future<Passage<T>> refuse(Candidates candidates, List<Shortage> shortages) {
        Candidate asked = candidates.asked();
        Demand demand = asked.sizes().demand(asked.asking().model());
        List<Limit> path = asked.asking().path().limits();
        return Future.fromCompletionStage(services.store().refusal(path, demand, trail.atMicros()))
                .compose(refused -> {
                    Refused all = refused(refused, shortages, demand);
                    Fault fault = all.reason() == Reason.REQUEST_EXCEEDS_LIMIT
                            ? Refusal.fault(all)
                            : Refusal.unwilling(
                                    all,
                                    ModelWish.HEADER,
                                    candidates.all().getFirst().asking().model().name());
                    new Findings(services, trail).refused(asked, all);
                    return Passage.stopped(Stop.refused(fault, all));
                });
    }

    private Refused refused(Optional<Refused> anyway, List<Shortage> shortages, Demand demand) {
        List<Shortfall> all = new ArrayList<>(anyway.map(Refused::shortfalls).orElse(List.of()));
        for (Shortage shortage : shortages) {
            Limit limit = shortage.limit();
            if (all.stream().noneMatch(shortfall -> shortfall.limit().equals(limit))) {
                all.add(new Shortfall(
                        limit,
                        shortage.level(),
                        demand.of(limit.spec().kind()),
                        limit.spec().kind() == Kind.COST ? Reason.BUDGET_EXHAUSTED : Reason.QUOTA_EXHAUSTED,
                        Math.max(1, shortage.level().resetsAtMicros() - trail.atMicros())));
            }
        }
        all.sort(Comparator.comparing(Shortfall::reason));
        long longest = all.stream().mapToLong(Shortfall::waitMicros).max().orElse(0);
        return new Refused(all.getFirst().reason(), all, longest);
    }
}
