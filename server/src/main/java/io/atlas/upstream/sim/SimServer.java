package io.atlas.upstream.sim;

import io.atlas.config.Endpoint;
import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * A simulated model server that speaks OpenAI's API. Its answers and its faults follow from the seed and the request
 * alone; only their time is the machine's.
 */
public final class SimServer {
    private final Vertx vertx;
    private final String deployment;
    private final int port;

    private SimServer(Vertx vertx, String deployment, int port) {
        this.vertx = vertx;
        this.deployment = deployment;
        this.port = port;
    }

    /** A server that listens, on any free port where the endpoint's is 0. */
    public static Future<SimServer> start(Vertx vertx, Simulation simulation, Endpoint listen, TimeSource time) {
        Listener listener = new Listener(simulation, listen, time);
        return vertx.deployVerticle(listener).map(deployment -> new SimServer(vertx, deployment, listener.port()));
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Stops listening and breaks off every answer. */
    public Future<Void> close() {
        return vertx.undeploy(deployment);
    }
}
