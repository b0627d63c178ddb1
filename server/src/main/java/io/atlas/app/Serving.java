package io.atlas.app;

import io.atlas.config.Configuration;
import io.atlas.reload.Hangup;
import java.io.PrintWriter;
import java.nio.file.Path;

/** {@code atlas serve}: the gateway, until the process is asked to stop. */
public final class Serving {
    private static final int INVALID = 65;
    private static final int UNAVAILABLE = 69;

    private Serving() {}

    /** Runs it and returns the exit code. */
    public static int run(Path file, Configuration configuration, PrintWriter messages) {
        if (configuration.server().adminToken().isEmpty()) {
            messages.println(
                    file + ": server.admin.token: missing (expected: a token, such as \"${ATLAS_ADMIN_TOKEN}\")");
            return INVALID;
        }
        try {
            Hangup hangup = Hangup.expected();
            Atlas atlas = Atlas.start(configuration);
            atlas.follow(file, hangup);
            messages.println("atlas: callers at http://"
                    + configuration.server().listen().host() + ":" + atlas.port() + ", operators at http://"
                    + configuration.server().admin().host() + ":" + atlas.adminPort());
            return Lifetime.untilAskedToStop(() -> atlas.stop(Drain.SERVING));
        } catch (StartException e) {
            messages.println("atlas: " + e.getMessage());
            return UNAVAILABLE;
        }
    }
}
