package io.atlas.delivery;

import io.atlas.config.Configuration;
import io.atlas.config.Snapshot;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.route.Choice;
import io.atlas.kernel.route.Option;
import io.atlas.kernel.route.Option.Room;
import io.atlas.kernel.route.Option.Wish;
import io.atlas.kernel.route.Sla;
import io.atlas.kernel.route.Standing;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.model.Backend;
import io.atlas.model.Deployment;
import io.atlas.model.Model;
import io.atlas.model.Pool;
import io.atlas.pool.Drawing;
import io.atlas.pool.Pools;
import io.atlas.time.Ids;
import io.atlas.upstream.Condition;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which deployment of the model serves the request. */
public final class Choose implements Stage<Trying, Chosen> {
    /** Whoever looks after a backend may find it well sooner than its breaker would. */
    private static final long LONGEST_WAIT_MILLIS = 30_000;

    private static final long NEVER = Long.MAX_VALUE;

    private static final Fault USED_UP =
            Fault.of(Reason.OVERLOADED, "the upstream quota of the model is used up; try again later");
    private static final Fault TOO_LARGE = Fault.of(
            Reason.REQUEST_EXCEEDS_LIMIT,
            "the request is larger than any upstream quota of the model; shorten it, or lower max_tokens");

    private final Services services;
    private final Trail trail;

    public Choose(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Chosen>> pass(Trying trying) {
        Model model = trying.held().asking().model();
        List<Condition> conditions = services.deployments().of(model);
        long nowMicros = services.time().nanos() / 1_000;
        // Of one there is no choice, and nothing to tell.
        if (conditions.size() == 1
                && trying.tried().isEmpty()
                && conditions.getFirst().usable(nowMicros)) {
            Chosen only = chosen(trying, 0, conditions);
            if (only.deployment().pool().isEmpty()) {
                return Passage.onward(only);
            }
        }
        Policy policy = Policy.of(trying.held().asking());
        return among(trying, conditions, new Moment(policy, nowMicros, Map.of()));
    }

    /** One after the other is asked, until the pool of one has room for the request. */
    private Future<Passage<Chosen>> among(Trying trying, List<Condition> conditions, Moment at) {
        List<Option> options = IntStream.range(0, conditions.size())
                .mapToObj(i -> option(trying, i, conditions.get(i), at))
                .toList();
        Choice choice = Choice.among(options, () -> conversation(trying.held().asking()), Ids.chance());
        if (choice.chosen().isEmpty()) {
            tell(options, choice);
            List<Condition> able =
                    services.deployments().able(trying.held().asking().model(), needs(trying));
            return Passage.stopped(at.dry.isEmpty() ? none(able, at.nowMicros) : dry(options, able, at));
        }
        Chosen chosen = chosen(trying, choice.chosen().getAsInt(), conditions);
        Optional<String> pool = chosen.deployment().pool();
        if (pool.isEmpty()) {
            tell(options, choice);
            return Passage.onward(chosen);
        }
        return draw(chosen, pool.orElseThrow()).compose(drawing -> switch (drawing) {
            case Drawing.Drawn drawn -> {
                trail.draws(Optional.of(drawn.draw()));
                if (options.size() > 1) {
                    tell(options, choice);
                }
                yield Passage.onward(chosen);
            }
            case Drawing.Dry dry -> among(trying, conditions, at.without(pool.orElseThrow(), dry.waitMicros()));
            case Drawing.TooSmall _ -> among(trying, conditions, at.without(pool.orElseThrow(), NEVER));
        });
    }

    /** What a provider counts is no bound, so that neither is what is held of it but for the output. */
    private Future<Drawing> draw(Chosen chosen, String name) {
        Asking asking = chosen.held().asking();
        Snapshot snapshot = asking.caller().snapshot();
        Pool pool = snapshot.configuration().pools().get(name);
        if (pool == null) {
            throw new IllegalStateException("pool: " + name + " (expected: a configured one)");
        }
        Sizes sizes = chosen.held().sizes();
        Demand demand = new Demand(sizes.likelyInputTokens(), sizes.outputTokens() * sizes.choices(), 0);
        return Future.fromCompletionStage(services.pools()
                .draw(
                        services.store(),
                        trail.id() + "@" + name,
                        new Pools.Source(pool, snapshot.pool(name)),
                        demand,
                        services.time().epochMicros()));
    }

    /** What the tier on whose terms the request is served promises, and which backends it or its tenant prefers. */
    private record Policy(Sla sla, List<String> prefer) {
        static Policy of(Asking asking) {
            Configuration configuration = asking.caller().snapshot().configuration();
            Caller caller = asking.caller().principal().caller();
            Optional<TierPlan> plan = Optional.ofNullable(configuration.tiers().get(caller.tier()));
            List<String> prefer = Optional.ofNullable(configuration.tenants().get(caller.tenant()))
                    .flatMap(Tenant::prefer)
                    .or(() -> plan.map(TierPlan::prefer))
                    .orElse(List.of());
            return new Policy(plan.map(TierPlan::sla).orElse(Sla.NONE), prefer);
        }
    }

    /** @param dry the pools that have no room for the request, and when they will have */
    private record Moment(Policy policy, long nowMicros, Map<String, Long> dry) {
        Moment without(String pool, long waitMicros) {
            Map<String, Long> more = new HashMap<>(dry);
            more.put(pool, waitMicros);
            return new Moment(policy, nowMicros, more);
        }
    }

    /** What is common to the requests of one conversation of one tenant. */
    private static OptionalLong conversation(Asking asking) {
        String opening = asking.request().opening();
        if (opening.isEmpty()) {
            return OptionalLong.empty();
        }
        long tenant = asking.caller().principal().caller().tenant().hashCode();
        return OptionalLong.of(tenant << Integer.SIZE ^ opening.hashCode());
    }

    /** Why none of these deployments, which could do it, can serve now, and when one may. */
    static Stop none(List<Condition> conditions, long nowMicros) {
        long waitMicros = conditions.stream()
                .mapToLong(condition -> condition.waitMicros(nowMicros))
                .min()
                .orElse(0);
        long waitMillis = Math.clamp(Math.ceilDiv(waitMicros, 1_000), 1, LONGEST_WAIT_MILLIS);
        boolean asked = conditions.stream().anyMatch(condition -> condition.healthy(nowMicros));
        return asked
                ? Stop.refused(
                        Fault.of(Reason.OVERLOADED, "the model's backend is overloaded; try again shortly"),
                        Math.max(1, Math.ceilDiv(waitMicros, 1_000)))
                : Stop.refused(
                        Fault.of(Reason.BACKEND_UNAVAILABLE, "no backend of this model is healthy now"), waitMillis);
    }

    /** Why no deployment has room for the request in its pool, and when the first will have. */
    private static Stop dry(List<Option> options, List<Condition> conditions, Moment at) {
        boolean drawable = at.dry.values().stream().anyMatch(wait -> wait != NEVER);
        boolean others = options.stream()
                .flatMap(option -> option.barred().stream())
                .anyMatch(standing -> standing != Standing.POOL && standing != Standing.LACKS_FEATURE);
        if (!drawable && !others) {
            return Stop.refused(TOO_LARGE);
        }
        long waitMicros = Stream.concat(
                        at.dry.values().stream(),
                        conditions.stream()
                                .filter(condition -> !condition.usable(at.nowMicros))
                                .map(condition -> condition.waitMicros(at.nowMicros)))
                .mapToLong(Long::longValue)
                .filter(wait -> wait != NEVER)
                .min()
                .orElse(0);
        return Stop.refused(USED_UP, Math.max(1, Math.ceilDiv(waitMicros, 1_000)));
    }

    private static Chosen chosen(Trying trying, int index, List<Condition> conditions) {
        Asking asking = trying.held().asking();
        Deployment deployment = asking.model().deployments().get(index);
        return new Chosen(trying.held(), deployment, backend(asking, deployment), conditions.get(index));
    }

    private static Backend backend(Asking asking, Deployment deployment) {
        Backend backend = asking.caller().snapshot().configuration().backends().get(deployment.backend());
        if (backend == null) {
            throw new IllegalStateException("backend: " + deployment.backend() + " (expected: a configured one)");
        }
        return backend;
    }

    private Option option(Trying trying, int index, Condition condition, Moment at) {
        Asking asking = trying.held().asking();
        Deployment deployment = asking.model().deployments().get(index);
        Backend backend = backend(asking, deployment);
        int open = services.gates().of(backend).open();
        boolean taken = open >= backend.concurrency() || condition.full(at.nowMicros);
        return new Option(
                asking.model().name() + "@" + deployment.backend(),
                barred(trying, deployment, at).or(() -> barred(trying, condition, at.nowMicros)),
                taken ? Room.TAKEN : Room.FREE,
                at.policy.prefer.contains(backend.name()) ? Wish.PREFERRED : Wish.ANY,
                condition.outlook(at.policy.sla, at.nowMicros),
                costNanoUsd(deployment, trying.held().sizes()),
                deployment.weight(),
                open);
    }

    private static Features needs(Trying trying) {
        return trying.held().asking().request().ask().needs();
    }

    private static Optional<Standing> barred(Trying trying, Deployment deployment, Moment at) {
        if (!deployment.features().cover(needs(trying))) {
            return Optional.of(Standing.LACKS_FEATURE);
        }
        return deployment.pool().filter(at.dry::containsKey).map(_ -> Standing.POOL);
    }

    private static Optional<Standing> barred(Trying trying, Condition condition, long nowMicros) {
        if (trying.tried().contains(condition)) {
            return Optional.of(Standing.TRIED);
        }
        if (!condition.healthy(nowMicros)) {
            return Optional.of(Standing.UNHEALTHY);
        }
        return condition.usable(nowMicros) ? Optional.empty() : Optional.of(Standing.RESTING);
    }

    private static long costNanoUsd(Deployment deployment, Sizes sizes) {
        return deployment.cost().nanoUsd(Usage.of(sizes.likelyInputTokens(), sizes.outputTokens() * sizes.choices()));
    }

    private void tell(List<Option> options, Choice choice) {
        List<Step.Candidate> candidates = new ArrayList<>(options.size());
        for (int i = 0; i < options.size(); i++) {
            candidates.add(new Step.Candidate(
                    options.get(i).deployment(), choice.standings().get(i).word()));
        }
        trail.step(new Step.Considered(trail.afterMicros(services.time().nanos()), candidates));
    }
}
