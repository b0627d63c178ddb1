package io.atlas.delivery;

import io.atlas.config.Configuration;
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
import io.atlas.time.Ids;
import io.atlas.upstream.Condition;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Which deployment of the model serves the request. */
public final class Choose implements Stage<Trying, Chosen> {
    /** Whoever looks after a backend may find it well sooner than its breaker would. */
    private static final long LONGEST_WAIT_MILLIS = 30_000;

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
            return Passage.onward(chosen(trying, 0, conditions));
        }
        Policy policy = Policy.of(trying.held().asking());
        List<Option> options = IntStream.range(0, conditions.size())
                .mapToObj(i -> option(trying, i, conditions.get(i), new Moment(policy, nowMicros)))
                .toList();
        Choice choice = Choice.among(options, () -> conversation(trying.held().asking()), Ids.chance());
        tell(options, choice);
        return choice.chosen().isPresent()
                ? Passage.onward(chosen(trying, choice.chosen().getAsInt(), conditions))
                : Passage.stopped(none(conditions, nowMicros));
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

    private record Moment(Policy policy, long nowMicros) {}

    /** What is common to the requests of one conversation of one tenant. */
    private static OptionalLong conversation(Asking asking) {
        String opening = asking.request().opening();
        if (opening.isEmpty()) {
            return OptionalLong.empty();
        }
        long tenant = asking.caller().principal().caller().tenant().hashCode();
        return OptionalLong.of(tenant << Integer.SIZE ^ opening.hashCode());
    }

    /** Why no deployment can serve now, and when one may. */
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
                barred(trying, condition, at.nowMicros),
                taken ? Room.TAKEN : Room.FREE,
                at.policy.prefer.contains(backend.name()) ? Wish.PREFERRED : Wish.ANY,
                condition.outlook(at.policy.sla, at.nowMicros),
                costNanoUsd(deployment, trying.held().sizes()),
                deployment.weight(),
                open);
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
