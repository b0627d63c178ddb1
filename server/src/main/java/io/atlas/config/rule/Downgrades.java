package io.atlas.config.rule;

import io.atlas.config.Configuration;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.tenant.Tier;
import io.atlas.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The chains of models that stand in for each other: that they end, and that something is saved by them. */
public final class Downgrades {
    private static final String DOWNGRADE = "downgrade";
    private static final String FALLBACK = "fallback";
    private static final String WHEN_LOW = "whenLow";

    private final Map<String, Model> models;
    private final List<Remark> remarks = new ArrayList<>();

    private Downgrades(Configuration configuration) {
        this.models = configuration.models();
    }

    /** The models that would stand in for themselves in the end. */
    public static List<Remark> endless(Configuration configuration) {
        Downgrades downgrades = new Downgrades(configuration);
        for (Model model : configuration.models().values()) {
            downgrades.endless(DOWNGRADE, Model::downgrade, model);
            downgrades.endless(FALLBACK, Model::fallback, model);
        }
        return List.copyOf(downgrades.remarks);
    }

    /** The steps by which nothing is saved. */
    public static List<Remark> vain(Configuration configuration) {
        Downgrades downgrades = new Downgrades(configuration);
        configuration.models().values().forEach(downgrades::dearer);
        configuration.tiers().values().forEach(downgrades::unchained);
        for (Tenant tenant : configuration.tenants().values()) {
            Optional<TierPlan> plan = Optional.ofNullable(configuration.tiers().get(tenant.tier()));
            List<String> path = List.of("tenants", tenant.name(), "routing", WHEN_LOW);
            plan.ifPresent(of -> tenant.whenLow().ifPresent(order -> downgrades.unchained(path, order, of)));
        }
        return List.copyOf(downgrades.remarks);
    }

    private void endless(String key, Function<Model, Optional<String>> step, Model model) {
        Set<String> chain = new LinkedHashSet<>(List.of(model.name()));
        Optional<Model> next = step.apply(model).flatMap(this::named);
        while (next.isPresent() && chain.add(next.get().name())) {
            next = step.apply(next.get()).flatMap(this::named);
        }
        if (next.isPresent() && next.get().name().equals(model.name())) {
            remark(
                    List.of("models", model.name(), key),
                    key + ": " + step.apply(model).orElseThrow() + " (expected: a chain that ends; it is "
                            + String.join(" > ", chain) + " > " + model.name() + ")");
        }
    }

    private void dearer(Model model) {
        next(model)
                .filter(other -> dearer(other.price(), model.price()))
                .ifPresent(other -> remark(
                        List.of("models", model.name(), DOWNGRADE),
                        DOWNGRADE + ": " + other.name() + " costs more than " + model.name()
                                + " (expected: a cheaper model)"));
    }

    private static boolean dearer(Price other, Price price) {
        return other.inputPicoUsd() > price.inputPicoUsd() || other.outputPicoUsd() > price.outputPicoUsd();
    }

    private void unchained(TierPlan plan) {
        unchained(List.of("tiers", plan.tier().name(), WHEN_LOW), plan.whenLow(), plan);
    }

    private void unchained(List<String> path, List<Saving> order, TierPlan plan) {
        boolean chained = models.values().stream()
                .filter(model -> mayUse(plan.tier(), model))
                .flatMap(model -> next(model).stream())
                .anyMatch(other -> mayUse(plan.tier(), other));
        if (order.contains(Saving.DOWNGRADE) && !chained) {
            remark(
                    path,
                    WHEN_LOW + ": downgrade does nothing (expected: a model with downgrade: another that its tier may"
                            + " use)");
        }
    }

    private static boolean mayUse(Tier tier, Model model) {
        return tier.mayUse(model.name(), model.modelClass());
    }

    private Optional<Model> next(Model model) {
        return model.downgrade().flatMap(this::named);
    }

    private Optional<Model> named(String name) {
        return Optional.ofNullable(models.get(name));
    }

    private void remark(List<String> path, String message) {
        remarks.add(new Remark(path, message));
    }
}
