package io.atlas.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Prometheus of one's own, on loopback, that reads one target four times a second. */
public final class RealPrometheus implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;
    private final AskedPrometheus asked;

    private RealPrometheus(int port, Process process) {
        this.process = process;
        this.asked = new AskedPrometheus(URI.create("http://127.0.0.1:" + port));
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
        int port = Ports.free();
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

    /** What it answers. */
    public AskedPrometheus asked() {
        return asked;
    }

    private void awaitReady() throws IOException {
        long until = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                if (asked.get("/-/ready").statusCode() == 200) {
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
