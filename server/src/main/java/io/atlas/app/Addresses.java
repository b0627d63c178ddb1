package io.atlas.app;

import io.atlas.config.Endpoint;
import io.atlas.config.Snapshot;
import io.atlas.model.Backend;
import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.atlas.upstream.sim.SimServer;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Where the backends stand. A simulated one is started here, on a port of its own. */
final class Addresses {
    private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);

    private final Vertx vertx;
    private final TimeSource time;
    private final Map<Simulated, SimServer> servers = new ConcurrentHashMap<>();
    private Set<Simulated> doomed = Set.of();

    /** Two simulations may be alike, and yet are two servers. */
    private record Simulated(String name, Simulation simulation) {
        static Simulated of(Backend backend) {
            return new Simulated(backend.name(), backend.simulation().orElseThrow());
        }
    }

    Addresses(Vertx vertx, TimeSource time) {
        this.vertx = vertx;
        this.time = time;
    }

    /** Starts the simulated backends of the snapshot that are not there. Blocks. */
    void prepare(Snapshot next) {
        next.configuration().backends().values().stream()
                .filter(backend -> backend.simulation().isPresent())
                .map(Simulated::of)
                .forEach(simulated -> servers.computeIfAbsent(simulated, this::start));
    }

    /** Where a backend stands that was prepared. */
    URI of(Backend backend) {
        return backend.url().orElseGet(() -> simulated(backend));
    }

    /** Stops the simulated backends that were wanted neither this time nor the time before. */
    synchronized void retain(Collection<Backend> backends) {
        Set<Simulated> wanted = backends.stream()
                .filter(backend -> backend.simulation().isPresent())
                .map(Simulated::of)
                .collect(Collectors.toSet());
        Set<Simulated> unwanted = servers.keySet().stream()
                .filter(simulated -> !wanted.contains(simulated))
                .collect(Collectors.toSet());
        for (Simulated gone : unwanted) {
            SimServer server = servers.get(gone);
            if (doomed.contains(gone) && server != null) {
                servers.remove(gone);
                server.close();
            }
        }
        doomed = unwanted;
    }

    private URI simulated(Backend backend) {
        SimServer server = servers.get(Simulated.of(backend));
        if (server == null) {
            throw new IllegalStateException("backend: " + backend.name() + " (expected: one that was started)");
        }
        return URI.create("http://127.0.0.1:" + server.port());
    }

    private SimServer start(Simulated simulated) {
        return Waiting.on(
                SimServer.start(vertx, simulated.simulation, ANY_PORT, time), "simulated backend " + simulated.name);
    }
}
