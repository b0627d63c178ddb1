package io.atlas.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/** Whether somebody takes connections at an address. Nothing is sent. */
public final class Reach {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    private Reach() {}

    /** Whether the backend of that name can be reached there. Blocks. */
    public static Diagnosis of(String backend, URI url) {
        String check = "backend " + backend;
        int port = url.getPort() > 0 ? url.getPort() : "https".equals(url.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(url.getHost(), port), (int) PATIENCE.toMillis());
            return Diagnosis.ok(check, "takes connections at " + url.getHost() + ":" + port);
        } catch (IOException e) {
            return Diagnosis.fail(
                    check,
                    "takes no connections at " + url.getHost() + ":" + port + " (" + e.getMessage() + ")",
                    "see that it runs, and that this node may reach it; requests for its models fail or wait");
        }
    }
}
