package io.atlas.bench;

import io.atlas.bench.load.Books;
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
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Atlas as its users run it: five limits on every request, a ledger that waits for the disk. */
final class Atlas {
    private static final String TOKEN = "bench-admin-token-of-this-run";
    private static final String KEY = "bench-key-of-this-run";
    private static final Duration TO_ANSWER = Duration.ofSeconds(10);

    private Atlas() {}

    /** Starts it by the launcher of its checkout. */
    static Proxy start(String name, Stage stage, Stage.Rival build) throws InterruptedException {
        Path folder = stage.folder(name);
        int port = Stage.freePort();
        int adminPort = Stage.freePort();
        Path file = Stage.write(folder.resolve("atlas.yaml"), configuration(port, adminPort, stage.upstreamPort()));
        List<String> command = List.of(build.root().resolve("atlas").toString(), "serve", "--config", file.toString());
        Child child = Child.start(name, command, environment(build), folder)
                .awaitReady(URI.create("http://127.0.0.1:" + port + "/readyz"));
        return new Proxy(name, new Target(port, KEY), Optional.of(child), Optional.of(() -> books(adminPort)));
    }

    private static Map<String, String> environment(Stage.Rival build) {
        Map<String, String> environment = new HashMap<>(Map.of("ATLAS_ADMIN_TOKEN", TOKEN, "BENCH_KEY", KEY));
        if (!build.javaOptions().isEmpty()) {
            environment.put("ATLAS_JAVA_OPTS", build.javaOptions());
        }
        return environment;
    }

    /** The limits are a few hundred times what a machine can ask for, so that nothing is refused and nothing counted. */
    private static String configuration(int port, int adminPort, int upstreamPort) {
        return """
            apiVersion: atlas/v1
            server:
              listen: 127.0.0.1:%d
              admin: { listen: "127.0.0.1:%d", token: "${ATLAS_ADMIN_TOKEN}" }
              data: ./data
            ledger: { store: sqlite, durability: disk }
            limits: [ { requests: 1G, per: minute } ]
            backends:
              mock: { type: openai, url: "http://127.0.0.1:%d", concurrency: 1000 }
            models:
              bench:
                context: 128k
                maxOutput: 8k
                price: { input: "1.00 USD", output: "2.00 USD" }
                deployments: [ { backend: mock, model: bench } ]
                limits: [ { tokens: 100G, per: minute } ]
            tiers:
              bench: { models: [ bench ] }
            tenants:
              acme:
                tier: bench
                limits: [ { cost: "5000000 USD", per: month } ]
                teams:
                  search:
                    limits: [ { tokens: 1000G, per: day } ]
                    keys:
                      load: { secret: "${BENCH_KEY}", limits: [ { concurrent: 10k } ] }
            """.formatted(port, adminPort, upstreamPort);
    }

    private static Books books(int adminPort) {
        URI address = URI.create("http://127.0.0.1:" + adminPort + "/admin/v1/usage?by=tenant");
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("authorization", "Bearer " + TOKEN)
                .timeout(TO_ANSWER)
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            JsonNode rows = new JsonMapper()
                    .readTree(http.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .path("rows");
            Books sum = Books.EMPTY;
            for (JsonNode row : rows) {
                sum = sum.plus(new Books(
                        row.path("charged_requests").asLong(0),
                        row.path("input_tokens").asLong(0),
                        row.path("output_tokens").asLong(0)));
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(address + " gave no usage", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for the usage", e);
        }
    }
}
