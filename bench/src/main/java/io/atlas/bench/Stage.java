package io.atlas.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What every proxy finds when it starts.
 *
 * @param root the folder of the repository
 * @param work a folder for configurations, logs and data, on a disk and not in memory, since the ledger waits for it
 * @param upstreamPort where the mock upstream listens
 * @param workers how many processes or event loops a proxy that can be told gets
 * @param rival another build of Atlas to hold this one against
 */
record Stage(Path root, Path work, int upstreamPort, int workers, Rival rival) {
    /**
     * Another build of Atlas, or the same one run otherwise.
     *
     * @param root the folder of its checkout
     * @param javaOptions put after the launcher's own; empty for none
     */
    record Rival(Path root, String javaOptions) {}

    /** A port of the loopback address on which nothing listens now. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free", e);
        }
    }

    /** Makes a folder for one proxy. */
    Path folder(String name) {
        try {
            return Files.createDirectories(work.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file. */
    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
