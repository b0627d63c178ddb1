package io.atlas.upstream;

import io.atlas.kernel.feature.Features;
import io.atlas.model.Deployment;
import io.atlas.model.Model;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the deployments of all models stand. What two models are served by is one thing, and so are a deployment before and
 * after a change of its weight or cost.
 */
public final class Deployments {
    /** What a deployment is known by. */
    private record Where(String backend, String upstreamModel) {
        static Where of(Deployment deployment) {
            return new Where(deployment.backend(), deployment.upstreamModel());
        }
    }

    private record Known(Model model, List<Condition> conditions) {}

    private final Map<Where, Condition> conditions = new ConcurrentHashMap<>();
    private final Map<String, Known> models = new ConcurrentHashMap<>();

    /** How the model's deployments stand, in their order. */
    public List<Condition> of(Model model) {
        Known known = models.get(model.name());
        if (known == null || !known.model.equals(model)) {
            known = new Known(
                    model, model.deployments().stream().map(this::condition).toList());
            models.put(model.name(), known);
        }
        return known.conditions;
    }

    /** How those stand that can do all of that, in their order. */
    public List<Condition> able(Model model, Features needed) {
        List<Condition> all = of(model);
        return needed.none()
                ? all
                : IntStream.range(0, all.size())
                        .filter(i -> model.deployments().get(i).features().cover(needed))
                        .mapToObj(all::get)
                        .toList();
    }

    /** Those on that backend. */
    public List<Condition> on(String backend) {
        List<Condition> there = new ArrayList<>();
        conditions.forEach((where, condition) -> {
            if (where.backend.equals(backend)) {
                there.add(condition);
            }
        });
        return there;
    }

    /** Knows these models, and forgets all others. */
    public void follow(Collection<Model> current) {
        Set<String> names = current.stream().map(Model::name).collect(Collectors.toSet());
        Set<Where> places = current.stream()
                .flatMap(model -> model.deployments().stream())
                .map(Where::of)
                .collect(Collectors.toSet());
        models.keySet().retainAll(names);
        conditions.keySet().retainAll(places);
        current.forEach(this::of);
    }

    private Condition condition(Deployment deployment) {
        return conditions.computeIfAbsent(Where.of(deployment), _ -> new Condition());
    }
}
