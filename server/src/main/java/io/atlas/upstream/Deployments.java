package io.atlas.upstream;

import io.atlas.kernel.route.Rotation;
import io.atlas.kernel.route.Rotation.Share;
import io.atlas.model.Deployment;
import io.atlas.model.Model;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whose turn it is among the deployments of each model. */
public final class Deployments {
    private record Turns(Model model, Rotation<Deployment> rotation) {}

    private final Map<String, Turns> turns = new ConcurrentHashMap<>();

    /** The deployment that serves the next request for the model. */
    public Deployment next(Model model) {
        Turns known = turns.get(model.name());
        if (known == null || !known.model.equals(model)) {
            known = new Turns(model, rotation(model));
            turns.put(model.name(), known);
        }
        return known.rotation.next();
    }

    /** Forgets the models that are not among these. */
    public void follow(Set<String> models) {
        turns.keySet().retainAll(models);
    }

    private static Rotation<Deployment> rotation(Model model) {
        return new Rotation<>(model.deployments().stream()
                .map(deployment -> new Share<>(deployment, deployment.weight()))
                .toList());
    }
}
