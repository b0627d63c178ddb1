package io.atlas.admission;

import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.config.TierPlan;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Remedy;
import io.atlas.kernel.route.Saving;
import io.atlas.model.Model;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Finds what would help a refused request, by asking the store the same question again with the remedy followed. What
 * cannot be known to help is not proposed.
 */
public final class Remedies {
    private static final int MODELS_TRIED = 8;

    private final Services services;
    private final Trail trail;
    private final ModelWish wish;

    public Remedies(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
        this.wish = ModelWish.of(trail.request().headers());
    }

    /** What helps against a fault that no limit has a part in. */
    public static List<Remedy> against(Fault fault) {
        return List.of(
                switch (fault.reason().blame()) {
                    case CALLER -> new Remedy.FixRequest(fault.param().orElseGet(() -> part(fault.reason())));
                    case LIMIT, CAPACITY, UPSTREAM, US -> new Remedy.AskOwner();
                });
    }

    private static String part(Reason reason) {
        if (reason == Reason.UNSUPPORTED_MEDIA_TYPE) {
            return "content-type";
        }
        return reason == Reason.MODEL_NOT_FOUND ? "model" : "body";
    }

    /** What helps against that refusal of the request on the trail. */
    public Future<List<Remedy>> forRefused(Refused refused) {
        Asking asking = trail.asking().orElseThrow();
        Sizes sizes = trail.sizes().orElseThrow();
        List<Remedy> found = new ArrayList<>();
        if (refused.shortfalls().stream().allMatch(Remedies::endsByItself)) {
            found.add(waiting(refused));
        }
        return reduced(asking, sizes, refused, found)
                .compose(_ -> anyModel(asking, sizes, found))
                .compose(_ -> otherModel(asking, sizes, found))
                .compose(_ -> higherTier(asking, sizes, found))
                .map(_ -> orOwner(found));
    }

    /** What helps against a request for a model that the caller's tier does not have, or that cannot do what is asked. */
    public Future<List<Remedy>> forOutside(Farewell.Outside outside) {
        Asking asking = outside.asking();
        Sizes sizes = sizesAt(asking.model(), asking, Estimate.bounded(services.counts(), asking));
        List<Remedy> found = new ArrayList<>();
        outside.fault().param().ifPresent(param -> found.add(new Remedy.FixRequest(param)));
        return otherModel(asking, sizes, found)
                .compose(_ -> higherTier(asking, sizes, found))
                .map(_ -> orOwner(found));
    }

    private static List<Remedy> orOwner(List<Remedy> found) {
        return found.isEmpty() ? List.of(new Remedy.AskOwner()) : List.copyOf(found);
    }

    /** Times are written in milliseconds: rounded up, as a moment too early were no remedy. */
    private Remedy.Wait waiting(Refused refused) {
        long now = Math.max(trail.atMicros(), services.time().epochMicros());
        long atMicros = refused.shortfalls().stream()
                .mapToLong(shortfall -> endsAt(shortfall, now))
                .max()
                .orElse(now);
        return new Remedy.Wait(Math.ceilDiv(refused.waitMicros(), 1_000), Math.ceilDiv(atMicros, 1_000) * 1_000);
    }

    /** The end of a window is a moment of its own; how long a bucket leaks was said by the clock of the counters, just now. */
    private static long endsAt(Shortfall shortfall, long nowMicros) {
        return shortfall.limit().spec().calendar()
                ? shortfall.level().resetsAtMicros()
                : nowMicros + shortfall.waitMicros();
    }

    /** Whether the moment is known at which the limit lets the request through; of what others hold it is not. */
    private static boolean endsByItself(Shortfall shortfall) {
        return switch (shortfall.reason()) {
            case RATE_LIMIT_EXCEEDED, QUOTA_EXHAUSTED, BUDGET_EXHAUSTED -> true;
            default -> false;
        };
    }

    /** Whether a budget that runs low would refuse that model to this caller, as he takes no other for it. */
    private boolean unwilling(Asking asking, Model model) {
        return wish == ModelWish.EXACT
                && model.downgrade().isPresent()
                && Economise.order(asking).contains(Saving.DOWNGRADE);
    }

    /** What only the header forbids passes without it. */
    private Future<Boolean> anyModel(Asking asking, Sizes sizes, List<Remedy> found) {
        return unwilling(asking, asking.model())
                ? fits(asking.path().limits(), sizes.demand(asking.model()))
                        .map(fits -> fits && found.add(new Remedy.FixRequest(ModelWish.HEADER)))
                : Future.succeededFuture(false);
    }

    private Future<Boolean> reduced(Asking asking, Sizes sizes, Refused refused, List<Remedy> found) {
        OptionalLong output = Reserve.affordable(asking, sizes, refused);
        if (output.isEmpty() || unwilling(asking, asking.model())) {
            return Future.succeededFuture(false);
        }
        long tokens = output.getAsLong();
        return fits(asking.path().limits(), sizes.withOutput(tokens).demand(asking.model()))
                .map(fits -> fits && found.add(new Remedy.ReduceMaxTokens(tokens)));
    }

    private Future<Boolean> otherModel(Asking asking, Sizes sizes, List<Remedy> found) {
        List<Model> others = asking.caller().snapshot().configuration().models().values().stream()
                .filter(model -> !model.name().equals(asking.model().name()))
                .filter(asking::servableBy)
                .filter(model -> !unwilling(asking, model))
                .filter(model -> holds(model, sizesAt(model, asking, sizes), sizes))
                .sorted(Comparator.comparingLong((Model model) -> model.price().outputPicoUsd())
                        .reversed()
                        .thenComparing(Model::name))
                .limit(MODELS_TRIED)
                .toList();
        return firstThatFits(
                others,
                model -> fits(
                        asking.caller()
                                .snapshot()
                                .path(asking.caller().principal(), model)
                                .limits(),
                        sizesAt(model, asking, sizes).demand(model)),
                model -> found.add(new Remedy.UseModel(model.name())));
    }

    /** The same request asked of that model, as it would be reserved: without a bound, by the least worth serving. */
    private Sizes sizesAt(Model model, Asking asking, Sizes sizes) {
        Sizes there = Estimate.at(model, services.counts(), asking, sizes);
        OptionalLong bound = asking.request().ask().output().maxTokens();
        long output = bound.isPresent()
                ? Math.min(bound.getAsLong(), model.maxOutputTokens())
                : Math.min(Estimate.LEAST_OUTPUT_TOKENS, model.defaultOutputTokens());
        return there.withOutput(output);
    }

    /** Whether the model can give what was asked of the first. */
    private static boolean holds(Model model, Sizes there, Sizes here) {
        return model.maxOutputTokens() >= here.outputTokens()
                && there.inputTokens() + there.outputTokens() <= model.contextTokens();
    }

    private Future<Boolean> higherTier(Asking asking, Sizes sizes, List<Remedy> found) {
        Principal principal = asking.caller().principal();
        int priority = priorityOf(asking);
        List<TierPlan> higher = tiersOpenTo(principal, asking.caller().snapshot()).stream()
                .filter(plan -> plan.tier().priority() > priority)
                .sorted(Comparator.comparingInt(plan -> plan.tier().priority()))
                .toList();
        OtherTier other = new OtherTier(services, trail, wish);
        return firstThatFits(
                higher,
                plan -> other.serves(asking, sizes, plan),
                plan -> found.add(new Remedy.UpgradeTier(plan.tier().name())));
    }

    /** The priority of the tier that has to be outdone, as it is declared. */
    private static int priorityOf(Asking asking) {
        String tier = asking.caller().principal().caller().tier();
        TierPlan plan = asking.caller().snapshot().configuration().tiers().get(tier);
        return plan == null
                ? asking.caller().principal().tier().priority()
                : plan.tier().priority();
    }

    /** A tenant can be moved to any tier; for one of the people behind a key no more can be claimed than it may. */
    private static Collection<TierPlan> tiersOpenTo(Principal principal, Snapshot snapshot) {
        return principal
                .audience()
                .filter(_ -> principal.caller().endUser().isPresent())
                .map(audience -> audience.tiers().values())
                .orElseGet(() -> snapshot.configuration().tiers().values());
    }

    private static <T> Future<Boolean> firstThatFits(
            List<T> tried, Function<T, Future<Boolean>> fits, Function<T, Boolean> use) {
        if (tried.isEmpty()) {
            return Future.succeededFuture(false);
        }
        return fits.apply(tried.getFirst())
                .compose(yes -> yes
                        ? Future.succeededFuture(use.apply(tried.getFirst()))
                        : firstThatFits(tried.subList(1, tried.size()), fits, use));
    }

    private Future<Boolean> fits(List<Limit> path, Demand demand) {
        return Future.fromCompletionStage(services.store().refusal(path, demand, trail.atMicros()))
                .map(Optional::isEmpty);
    }
}
