package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.Patience;
import io.atlas.store.lease.Leases;
import io.atlas.store.share.Absence;
import io.atlas.store.share.LocalShare;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Questions about limits of any places, each place asked for itself. What this node holds in advance and has given to no
 * request is held by nobody, as far as its callers are concerned; what it has put off to say is said first.
 */
final class Looks {
    private record Seen(List<Meter> meters, long atMicros) {}

    private final Steps steps;
    private final Leases leases;
    private final LocalShare share;
    private final Absence absence;
    private final Patience patience;

    /** Where the server does not answer in time, the share does. */
    Looks(Steps steps, Leases leases, LocalShare share, Absence absence, Patience patience) {
        this.steps = steps;
        this.leases = leases;
        this.share = share;
        this.absence = absence;
        this.patience = patience;
    }

    /** How full each limit is, in the order asked. */
    CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return absence.begun()
                ? share.levels(limits, nowMicros)
                : inTime(levelsThere(limits, nowMicros), () -> share.levels(limits, nowMicros));
    }

    /** Why the demand would be refused now, if it would. */
    CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return absence.begun()
                ? share.refusal(limits, demand, nowMicros)
                : inTime(refusalThere(limits, demand, nowMicros), () -> share.refusal(limits, demand, nowMicros));
    }

    /** Who is refused by a limit of all is told what his own limits say to it. */
    CompletionStage<Verdict> refused(Verdict.Refused shared, List<Limit> own, Demand demand, long nowMicros) {
        return patience.with(refusalThere(own, demand, nowMicros))
                .handle((more, _) ->
                        more == null ? shared : more.map(shared::and).orElse(shared));
    }

    private <T> CompletionStage<T> inTime(CompletionStage<T> answer, Supplier<CompletionStage<T>> alone) {
        return patience.with(answer)
                .thenApply(told -> {
                    absence.answered();
                    return told;
                })
                .exceptionallyCompose(failure -> {
                    absence.failed(failure);
                    return alone.get();
                });
    }

    private CompletionStage<List<Level>> levelsThere(List<Limit> limits, long nowMicros) {
        return seen(limits, nowMicros).thenApply(all -> {
            Map<String, Level> levels = new HashMap<>();
            for (Seen seen : all) {
                seen.meters.forEach(meter -> levels.put(meter.limit().id(), meter.level(seen.atMicros)));
            }
            return limits.stream()
                    .map(limit -> Objects.requireNonNull(levels.get(limit.id()), limit.id()))
                    .toList();
        });
    }

    private CompletionStage<Optional<Verdict.Refused>> refusalThere(List<Limit> limits, Demand demand, long nowMicros) {
        return seen(limits, nowMicros)
                .thenApply(all -> all.stream()
                        .flatMap(seen -> Quota.refusal(seen.meters, demand, seen.atMicros).stream())
                        .reduce(Verdict.Refused::and));
    }

    private CompletionStage<List<Seen>> seen(List<Limit> limits, long nowMicros) {
        CompletionStage<List<Seen>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (List<Limit> there : Names.byTag(limits)) {
            CompletionStage<Reply> look = leases.tell(there).thenCompose(_ -> steps.look(there, nowMicros));
            all = all.thenCombine(look, (seen, reply) -> {
                seen.add(new Seen(reply.meters(there, leases::free), reply.atMicros()));
                return seen;
            });
        }
        return all;
    }
}
