package io.atlas.bench;

import io.atlas.bench.load.Storm;
import io.atlas.bench.load.Target;
import io.atlas.bench.load.Upstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    /** This build of Atlas, as it is. */
    Rival itself() {
        return new Rival(root, "");
    }

    /** Starts the mock upstream in a process of its own. */
    Child startUpstream(String... arguments) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(Integer.toString(upstreamPort)));
        all.addAll(List.of(arguments));
        return start("upstream", Upstream.class, all, upstreamPort, "/v1/models");
    }

    /** Starts clients of that target who rage in a process of their own, on that port, when they are told to. */
    Child startStorm(int port, Target target, int clients) throws InterruptedException {
        List<String> arguments = List.of(
                Integer.toString(port), Integer.toString(target.port()), target.key(), Integer.toString(clients));
        return start("storm", Storm.class, arguments, port, Storm.CALM);
    }

    private Child start(String name, Class<?> main, List<String> arguments, int port, String ready)
            throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path", ""),
                main.getName()));
        command.addAll(arguments);
        return Child.start(name, command, Map.of(), folder(name))
                .awaitReady(URI.create("http://127.0.0.1:" + port + ready));
    }

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
