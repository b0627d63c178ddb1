package io.atlas.cli;

import io.atlas.config.Configuration;
import io.atlas.model.Simulation;
import io.atlas.scenario.Playbill;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

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
        /** Runs it with its data in the folder, else in a temporary one, plays what is billed; {@code out} takes what to try. */
        int run(int port, int adminPort, Optional<Path> data, Optional<Playbill> bill, PrintWriter out);
    }

    /** The simulated model server. */
    @FunctionalInterface
    interface Simulating {
        /** Serves on loopback. */
        int run(int port, Simulation simulation, PrintWriter messages);
    }
}
