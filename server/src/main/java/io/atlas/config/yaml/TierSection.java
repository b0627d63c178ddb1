package io.atlas.config.yaml;

import io.atlas.config.TierPlan;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Scope;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Sla;
import io.atlas.kernel.tenant.ModelPattern;
import io.atlas.kernel.tenant.Tier;
import io.atlas.model.Model;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Node;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The section {@code tiers}. */
final class TierSection {
    /** The list of savings, of a tier and of a tenant. */
    static final String WHEN_LOW = "whenLow";

    /** The list of backends, of a tier and of a tenant. */
    static final String PREFER = "prefer";

    private static final String WHEN_EXHAUSTED = "whenExhausted";
    private static final String EVERY = "*";
    private static final Grammar<Saving> SAVING =
            Scalars.word(Arrays.stream(Saving.values()).collect(Collectors.toMap(Saving::word, Function.identity())));

    private final Source source;
    private final Collection<Model> models;
    private final LimitSection limits;
    private final Grammar<String> backend;
    private final Grammar<ModelPattern> named;
    private final Grammar<ModelPattern> ofClass;

    /** A reader of tiers that may use these models, on these backends. */
    TierSection(Source source, Map<String, Model> models, Set<String> backends, LimitSection limits) {
        this.source = source;
        this.backend = Naming.BACKEND.known(backends);
        this.models = models.values();
        this.limits = limits;
        Set<String> names = new HashSet<>(models.keySet());
        names.add(EVERY);
        this.named = Naming.MODEL
                .known(names)
                .map(name -> name.equals(EVERY) ? new ModelPattern.Any() : new ModelPattern.Named(name));
        this.ofClass = Naming.CLASS.known(ModelSection.classes(this.models)).map(ModelPattern.OfClass::new);
    }

    /** The tiers by name, those with errors as far as they could be read. */
    Map<String, TierPlan> read(Fields root) {
        Map<String, TierPlan> tiers = new LinkedHashMap<>();
        root.named("tiers", Naming.TIER).forEach((name, fields) -> tiers.put(name, tier(name, fields)));
        return tiers;
    }

    /** Which narrowings count anything where callers are of that tier. */
    static Predicate<Narrowing> reach(Tier tier, Collection<Model> models) {
        return narrowing -> narrowing instanceof Narrowing.Whole
                || models.stream()
                        .filter(model -> tier.mayUse(model.name(), model.modelClass()))
                        .anyMatch(model -> narrowing.covers(model.name(), model.modelClass()));
    }

    /** What is done below the mark, in the order written; each once. */
    static List<Saving> whenLow(Source source, Fields owner) {
        List<Saving> order = new ArrayList<>();
        for (Node item : owner.items(WHEN_LOW)) {
            source.read(WHEN_LOW, item, SAVING).ifPresent(saving -> {
                if (order.contains(saving)) {
                    source.error(item.mark(), WHEN_LOW + ": " + saving.word() + " (expected: once)");
                }
                order.add(saving);
            });
        }
        return order;
    }

    private Optional<TierPlan.StandIn> whenExhausted(Tier tier, Fields owner) {
        if (!owner.has(WHEN_EXHAUSTED)) {
            return Optional.empty();
        }
        Fields fields = owner.fields(WHEN_EXHAUSTED);
        List<String> names = new ArrayList<>();
        for (Node item : fields.someItems("models", "expected: at least one")) {
            source.read("model", item, named).ifPresent(pattern -> {
                if (pattern instanceof ModelPattern.Named one) {
                    names.add(one.model());
                    warnOfUnusable(tier, one.model(), item);
                } else {
                    source.error(item.mark(), "model: " + EVERY + " (expected: a name)");
                }
            });
        }
        fields.someItems(LimitSection.LIMITS, "expected: at least one");
        List<LimitSpec> own = limits.alone(fields);
        fields.finish();
        return Optional.of(new TierPlan.StandIn(names, own));
    }

    private void warnOfUnusable(Tier tier, String name, Node item) {
        models.stream()
                .filter(model -> model.name().equals(name))
                .filter(model -> !tier.mayUse(name, model.modelClass()))
                .forEach(_ -> source.warning(
                        item.mark(), "model: " + name + " never serves (expected: one that the tier may use)"));
    }

    private TierPlan tier(String name, Fields fields) {
        int priority = fields.optional("priority", Scalars.integer("0", "1k")).orElse(0);
        int weight = fields.optional("weight", Scalars.integer("1", "1k")).orElse(1);
        Tier tier = new Tier(name, priority, weight, patterns(fields));
        TierPlan plan = new TierPlan(
                tier,
                limits.read(fields, Scope.TENANT, reach(tier, models)),
                whenLow(source, fields),
                whenExhausted(tier, fields),
                sla(fields.fields("sla")),
                routing(fields.fields("routing")));
        fields.finish();
        return plan;
    }

    private static Sla sla(Fields fields) {
        Sla sla = new Sla(
                fields.optional("ttft", Scalars.duration("1ms", "10m")),
                fields.optional("tokensPerSecond", Scalars.integer("1", "1M"))
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()));
        fields.finish();
        return sla;
    }

    private List<String> routing(Fields fields) {
        List<String> prefer = prefer(source, fields, backend);
        fields.finish();
        return prefer;
    }

    /** The backends that are preferred. */
    static List<String> prefer(Source source, Fields owner, Grammar<String> backend) {
        List<String> prefer = new ArrayList<>();
        for (Node item : owner.items(PREFER)) {
            source.read(PREFER, item, backend).ifPresent(prefer::add);
        }
        return prefer;
    }

    /** What the tier may use; everything in the place of a wrong entry, so that one mistake is reported once. */
    private List<ModelPattern> patterns(Fields fields) {
        List<ModelPattern> patterns = new ArrayList<>();
        for (Node item : fields.someItems("models", "expected: at least one, or \"*\" for all")) {
            patterns.add(pattern(item));
        }
        return patterns.isEmpty() ? List.of(new ModelPattern.Any()) : patterns;
    }

    private ModelPattern pattern(Node item) {
        if (!(item instanceof Node.Mapping)) {
            Optional<ModelPattern> byName = source.read("model", item, named);
            if (!(item instanceof Node.Outline)) {
                return byName.orElse(new ModelPattern.Any());
            }
        }
        Fields fields = Fields.of(source, "model", item.mark(), item);
        ModelPattern pattern = fields.required("class", ofClass).orElse(new ModelPattern.Any());
        fields.finish();
        return pattern;
    }
}
