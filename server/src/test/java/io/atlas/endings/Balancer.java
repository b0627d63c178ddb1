package io.atlas.endings;

import io.atlas.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The HAProxy of this machine, by the configuration that Atlas brings, before nodes on loopback. */
final class Balancer implements AutoCloseable {
    private static final List<String> PLACES =
            List.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy");

    private final Process process;
    private final int port;

    private Balancer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether there is one. */
    static boolean available() {
        return found().findAny().isPresent();
    }

    /** Starts one before nodes that listen on these two ports; returns when it listens. */
    static Balancer before(Path folder, int first, int second) throws Exception {
        int port = Ports.free();
        String text = Files.readString(Path.of("../deploy/haproxy.cfg"))
                .replace("0.0.0.0:8080", "127.0.0.1:" + port)
                .replace("10.0.0.11:8080", "127.0.0.1:" + first)
                .replace("10.0.0.12:8080", "127.0.0.1:" + second)
                .replace("maxconn 20000", "maxconn 2000");
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), text);
        Process process = new ProcessBuilder(found().findFirst().orElseThrow(), "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("haproxy.log").toFile())
                .start();
        Await.until("HAProxy listens", () -> listens(port));
        return new Balancer(process, port);
    }

    /** Where callers find it. */
    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static Stream<String> found() {
        return PLACES.stream().filter(place -> Files.isExecutable(Path.of(place)));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
