package io.atlas.cli;

import io.atlas.app.Developing.Order;
import io.atlas.config.Configuration;
import io.atlas.model.Simulation;
import java.io.PrintWriter;
import java.nio.file.Path;

/** What the commands start that work without a server. Each runs until it is asked to stop and returns the exit code. */
record Launch(Serving serving, Developing developing, Simulating simulating) {
    /** The gateway. */
    @FunctionalInterface
    interface Serving {
        /** Serves the configuration, which was just read from the file, and follows the file from then on. */
        int run(Path file, Configuration configuration, PrintWriter messages);
    }

    /** The whole product on one machine. */
    @FunctionalInterface
    interface Developing {
        /** Runs it as ordered; {@code out} takes what to try. */
        int run(Order order, PrintWriter out);
    }

    /** The simulated model server. */
    @FunctionalInterface
    interface Simulating {
        /** Serves on loopback. */
        int run(int port, Simulation simulation, PrintWriter messages);
    }
}
