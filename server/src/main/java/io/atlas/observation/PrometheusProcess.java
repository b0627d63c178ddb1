package io.atlas.observation;

import io.atlas.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Prometheus on a free port of loopback that reads one gateway every second, judges the rules of
 * {@code deploy/prometheus/alerts.yml}, and ends when this process is asked to. What it keeps is bounded in time and size.
 */
public final class PrometheusProcess implements AutoCloseable {
    private static final String COMMAND = "prometheus";
    private static final String RULES = "alerts.yml";
    private static final String CONFIGURATION = """
            global: { scrape_interval: 1s, evaluation_interval: 5s }
            rule_files: [ alerts.yml ]
            scrape_configs: [ { job_name: atlas, static_configs: [ { targets: [ "127.0.0.1:""";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration ASKING = Duration.ofSeconds(2);
    private static final long BETWEEN_MILLIS = 50;
    private static final long LEAVING_SECONDS = 5;

    private final Process process;

    private PrometheusProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts one and returns when it answers, or when it is clear that it will not.
     *
     * @param folder for its files, which is made where it is missing
     * @param metricsPort on loopback, of what it reads
     */
    public static Observation start(Path folder, int metricsPort, TimeSource time) {
        return start(COMMAND, folder, metricsPort, time);
    }

    static Observation start(String command, Path folder, int metricsPort, TimeSource time) {
        URI address = URI.create("http://127.0.0.1:" + freePort());
        Path log = folder.resolve("prometheus.log");
        try {
            configure(folder, metricsPort);
        } catch (IOException e) {
            return new Observation.None(folder + ": " + e.getMessage());
        }
        PrometheusProcess prometheus;
        try {
            prometheus = new PrometheusProcess(new ProcessBuilder(arguments(command, folder, address))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
        } catch (IOException _) {
            return new Observation.None("no " + command + " on the PATH (Debian: apt-get install prometheus;"
                    + " its service on port 9090 is not needed)");
        }
        // Whoever asks this process to stop before it serves leaves nothing behind either.
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("atlas-prometheus").unstarted(prometheus.process::destroy));
        if (prometheus.answers(address, time)) {
            return new Observation.By(prometheus, address);
        }
        prometheus.close();
        return new Observation.None(command + " does not answer: " + lastLine(log));
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LEAVING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> arguments(String command, Path folder, URI address) {
        return List.of(
                command,
                "--config.file=" + folder.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--storage.tsdb.retention.time=6h",
                "--storage.tsdb.retention.size=256MB",
                "--web.listen-address=" + address.getAuthority(),
                "--log.level=error");
    }

    private static void configure(Path folder, int metricsPort) throws IOException {
        Files.createDirectories(folder);
        try (InputStream rules = PrometheusProcess.class.getResourceAsStream("/" + RULES)) {
            if (rules == null) {
                throw new IllegalStateException(RULES + ": not in the jar (expected: packed with it)");
            }
            Files.write(folder.resolve(RULES), rules.readAllBytes());
        }
        Files.writeString(folder.resolve("prometheus.yml"), CONFIGURATION + metricsPort + "\" ] } ] } ]\n");
    }

    private boolean answers(URI address, TimeSource time) {
        HttpRequest ready = HttpRequest.newBuilder(address.resolve("/-/ready"))
                .timeout(ASKING)
                .build();
        long until = time.nanos() + PATIENCE.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (!process.waitFor(BETWEEN_MILLIS, TimeUnit.MILLISECONDS) && time.nanos() - until < 0) {
                if (isReady(client, ready)) {
                    return true;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static boolean isReady(HttpClient client, HttpRequest ready) throws InterruptedException {
        try {
            return client.send(ready, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            // It does not listen yet.
            return false;
        }
    }

    private static String lastLine(Path log) {
        try (var lines = Files.lines(log, StandardCharsets.UTF_8)) {
            return lines.filter(line -> !line.isBlank())
                    .reduce((_, last) -> last)
                    .orElse("it said nothing");
        } catch (IOException | UncheckedIOException e) {
            return log + ": " + e.getMessage();
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
