package io.atlas.bench;

import io.atlas.bench.load.Books;
import io.atlas.bench.load.DecisionTimes;
import io.atlas.bench.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Atlas as its users run it, on ports of its own. */
final class Atlas implements AutoCloseable {
    private static final String TOKEN = "bench-admin-token-of-this-run";
    private static final Duration TO_ANSWER = Duration.ofSeconds(10);

    private final Ports ports;
    private final Child process;

    private Atlas(Ports ports, Child process) {
        this.ports = ports;
        this.process = process;
    }

    /** Where it listens, and where its backend does. */
    record Ports(int data, int admin, int upstream) {}

    /** Starts it by the launcher of its checkout. */
    static Atlas start(String name, Stage stage, Stage.Rival build, Function<Ports, String> configuration)
            throws InterruptedException {
        Path folder = stage.folder(name);
        Ports ports = new Ports(Stage.freePort(), Stage.freePort(), stage.upstreamPort());
        Path file = Stage.write(folder.resolve("atlas.yaml"), configuration.apply(ports));
        List<String> command = List.of(build.root().resolve("atlas").toString(), "serve", "--config", file.toString());
        Child child = Child.start(name, command, environment(build), folder)
                .awaitReady(URI.create("http://127.0.0.1:" + ports.data + "/readyz"));
        return new Atlas(ports, child);
    }

    /** Its process. */
    Child process() {
        return process;
    }

    /** Where requests with that key go. */
    Target target(String key) {
        return new Target(ports.data, key);
    }

    /** What it says it has charged so far. */
    Books books() {
        Books sum = Books.EMPTY;
        for (JsonNode row :
                new JsonMapper().readTree(get("/admin/v1/usage?by=tenant")).path("rows")) {
            sum = sum.plus(new Books(
                    row.path("charged_requests").asLong(0),
                    row.path("input_tokens").asLong(0),
                    row.path("output_tokens").asLong(0)));
        }
        return sum;
    }

    /** How long its decisions took since its start, as it measured them. */
    DecisionTimes decisions() {
        return DecisionTimes.of(get("/metrics"));
    }

    /** Requests that are at the backend now. */
    long underWay() {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith("atlas_inflight{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** The same, whose metrics are read every second until it ends. */
    Atlas readEverySecond() {
        // It ends by itself with the first answer that does not come.
        ScheduledFuture<?> _ = Executors.newSingleThreadScheduledExecutor(
                        task -> Thread.ofPlatform().daemon().name("metrics").unstarted(task))
                .scheduleAtFixedRate(() -> get("/metrics"), 1, 1, TimeUnit.SECONDS);
        return this;
    }

    /** Collects its garbage, so that what is left of its memory is what it holds. */
    void collect() throws InterruptedException {
        Path java = Path.of(ProcessHandle.current().info().command().orElse("java"));
        List<String> command = List.of(java.resolveSibling("jcmd").toString(), Long.toString(process.pid()), "GC.run");
        try {
            int exit = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException(command + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(command + " could not be started", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }

    private static Map<String, String> environment(Stage.Rival build) {
        Map<String, String> environment = new HashMap<>(Map.of("ATLAS_ADMIN_TOKEN", TOKEN));
        if (!build.javaOptions().isEmpty()) {
            environment.put("ATLAS_JAVA_OPTS", build.javaOptions());
        }
        return environment;
    }

    private String get(String path) {
        URI address = URI.create("http://127.0.0.1:" + ports.admin + path);
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("authorization", "Bearer " + TOKEN)
                .timeout(TO_ANSWER)
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(address + " did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for " + address, e);
        }
    }
}
