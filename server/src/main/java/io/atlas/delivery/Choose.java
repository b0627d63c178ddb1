package io.atlas.delivery;

import io.atlas.exchange.Held;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.model.Backend;
import io.atlas.model.Deployment;
import io.vertx.core.Future;

/** Which deployment of the model serves the request. */
public final class Choose implements Stage<Held, Chosen> {
    private final Services services;

    public Choose(Services services) {
        this.services = services;
    }

    @Override
    public Future<Passage<Chosen>> pass(Held held) {
        Deployment deployment = services.deployments().next(held.asking().model());
        Backend backend =
                held.asking().caller().snapshot().configuration().backends().get(deployment.backend());
        if (backend == null) {
            throw new IllegalStateException("backend: " + deployment.backend() + " (expected: a configured one)");
        }
        return Passage.onward(new Chosen(held, deployment, backend));
    }
}
