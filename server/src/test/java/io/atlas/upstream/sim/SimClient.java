package io.atlas.upstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Endpoint;
import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of simulated servers, which start and end with it. */
final class SimClient implements AutoCloseable {
    static final String STREAM = ",\"stream\":true";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    public void close() {
        client.shutdownNow();
        await(vertx.close());
    }

    SimServer start(Simulation simulation) {
        var started = SimServer.start(vertx, simulation, new Endpoint("127.0.0.1", 0), TimeSource.system());
        await(started);
        return Objects.requireNonNull(started.result());
    }

    static <T> void await(Future<T> future) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    static Simulation quick() {
        return new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 0, 0, 0, 0, 0, 0);
    }

    static String chat(String content, String more) {
        return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]" + more + "}";
    }

    static HttpRequest request(SimServer sim, String body) {
        return HttpRequest.newBuilder(uri(sim, "/v1/chat/completions"))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    static URI uri(SimServer sim, String path) {
        return URI.create("http://127.0.0.1:" + sim.port() + path);
    }

    HttpResponse<String> post(SimServer sim, String body) throws Exception {
        return client.send(request(sim, body), BodyHandlers.ofString());
    }

    HttpResponse<String> get(SimServer sim, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(sim, path)).build(), BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    static String content(JsonNode answer) {
        return answer.at("/choices/0/message/content").asString();
    }

    static String fault(HttpResponse<String> response) {
        return response.statusCode() + " "
                + JSON.readTree(response.body()).at("/error/param").asString("null");
    }

    static List<String> events(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        return response.body()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    static List<JsonNode> chunks(List<String> events) {
        return events.stream().map(JSON::readTree).toList();
    }

    static String text(List<String> events) {
        return chunks(events.stream().filter(event -> !event.equals("[DONE]")).toList()).stream()
                .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                .reduce("", String::concat);
    }

    HttpResponse<InputStream> open(SimServer sim, String body) throws Exception {
        return client.send(request(sim, body), BodyHandlers.ofInputStream());
    }

    /** Leaves if the answer does not begin within a moment. */
    HttpResponse<String> postImpatiently(SimServer sim, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(request(sim, body), (_, _) -> true)
                .timeout(Duration.ofMillis(200))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> postLater(SimServer sim, String body) {
        return client.sendAsync(request(sim, body), BodyHandlers.ofString());
    }
}
