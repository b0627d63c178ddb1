package io.atlas.upstream;

import io.atlas.model.Backend;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The clients of one event loop, one for each backend as some configuration has it: a request that began before a change
 * goes the way that its own configuration names. Owned by that event loop.
 */
public final class BackendClients {
    private final Vertx vertx;
    private final Function<Backend, URI> addresses;
    private final Map<Backend, BackendClient> clients = new HashMap<>();

    /** Clients of the backends that stand at these addresses. */
    public BackendClients(Vertx vertx, Function<Backend, URI> addresses) {
        this.vertx = vertx;
        this.addresses = addresses;
    }

    /** The client of that backend. */
    public BackendClient of(Backend backend) {
        BackendClient known = clients.get(backend);
        return known == null
                ? clients.computeIfAbsent(backend, absent -> new BackendClient(vertx, absent, addresses.apply(absent)))
                : known;
    }

    /** Lets go of the clients of all other backends: each closes as soon as its last answer has come to its end. */
    public void retain(Collection<Backend> backends) {
        Set<Backend> others = new HashSet<>(clients.keySet());
        backends.forEach(others::remove);
        others.forEach(backend -> {
            BackendClient gone = clients.remove(backend);
            if (gone != null) {
                gone.shutdown();
            }
        });
    }

    /** Closes all pools. */
    public Future<Void> close() {
        return Future.join(clients.values().stream().map(BackendClient::close).toList())
                .mapEmpty();
    }
}
