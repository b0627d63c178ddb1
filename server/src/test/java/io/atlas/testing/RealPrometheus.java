package io.atlas.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Prometheus of one's own, on loopback, that reads one target four times a second. */
public final class RealPrometheus implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final int port;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();

    private RealPrometheus(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** Whether this machine has one. */
    public static boolean installed() {
        return List.of("/usr/bin/prometheus", "/usr/local/bin/prometheus").stream()
                .anyMatch(file -> Files.isExecutable(Path.of(file)));
    }

    /**
     * Starts one.
     *
     * @param folder for its files
     * @param target host and port of what it reads, as the job {@code atlas}
     */
    public static RealPrometheus start(Path folder, String target) throws IOException {
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), """
                global: { scrape_interval: 250ms, evaluation_interval: 250ms }
                scrape_configs: [ { job_name: atlas, static_configs: [ { targets: [ "%s" ] } ] } ]
                """.formatted(target));
        int port = freePort();
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=error")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        RealPrometheus prometheus = new RealPrometheus(port, process);
        prometheus.awaitReady();
        return prometheus;
    }

    /** The samples that a query has now. */
    public JsonNode query(String expression) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) {
            throw new IllegalArgumentException(expression + ": " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body()).path("data").path("result");
    }

    /** Waits until the query has as much. */
    public void await(String expression, double atLeast) throws IOException, InterruptedException {
        long until = System.nanoTime() + START.toNanos();
        while (value(expression) < atLeast) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(expression + ": " + value(expression) + " after " + START);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private double value(String expression) throws IOException, InterruptedException {
        return query(expression).path(0).path("value").path(1).asDouble(0);
    }

    private void awaitReady() throws IOException {
        long until = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                if (get("/-/ready").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > until) {
                    close();
                    throw e;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                BodyHandlers.ofString());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
