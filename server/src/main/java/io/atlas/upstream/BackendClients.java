package io.atlas.upstream;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** The clients of one event loop, one for each backend. */
public final class BackendClients {
    private final Map<String, BackendClient> clients;

    /** These clients, by the name of the backend. */
    public BackendClients(Map<String, BackendClient> clients) {
        this.clients = Map.copyOf(clients);
    }

    /** The client of a backend that the configuration names. */
    public BackendClient of(String backend) {
        BackendClient client = clients.get(backend);
        if (client == null) {
            throw new IllegalArgumentException("backend: " + backend + " (expected: one of " + clients.keySet() + ")");
        }
        return client;
    }

    /** Closes all pools. */
    public Future<Void> close() {
        return Future.join(List.copyOf(clients.values()).stream()
                        .map(BackendClient::close)
                        .toList())
                .mapEmpty();
    }
}
