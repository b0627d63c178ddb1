package io.atlas.app;

import io.atlas.config.Endpoint;
import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.atlas.upstream.sim.SimServer;
import io.vertx.core.Vertx;
import java.io.PrintWriter;

/** {@code atlas sim}: a simulated model server alone. */
public final class Simulating {
    private static final int UNAVAILABLE = 69;

    private Simulating() {}

    /** Runs it on loopback and returns the exit code. */
    public static int run(int port, Simulation simulation, PrintWriter messages) {
        Vertx vertx = Vertx.vertx();
        try {
            SimServer sim = Waiting.on(
                    SimServer.start(vertx, simulation, new Endpoint("127.0.0.1", port), TimeSource.system()),
                    "port " + port);
            messages.println("atlas: simulated models at http://127.0.0.1:" + sim.port() + "/v1");
            return Lifetime.untilAskedToStop(() -> Waiting.on(vertx.close(), "stop"));
        } catch (StartException e) {
            Waiting.on(vertx.close(), "stop");
            messages.println("atlas: " + e.getMessage());
            return UNAVAILABLE;
        }
    }
}
