package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What callers and operators can ask of a running Atlas. */
final class Desk implements AutoCloseable {
    static final String TOKEN = "the-token-of-the-operators";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String data;
    private final String admin;

    Desk(int port, int adminPort) {
        this.data = "http://127.0.0.1:" + port;
        this.admin = "http://127.0.0.1:" + adminPort;
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    HttpResponse<String> ask(String key, Question question) throws Exception {
        return client.send(request(key, question), BodyHandlers.ofString());
    }

    HttpResponse<String> ask(String key, Question question, String header, String value) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(request(key, question), (_, _) -> true)
                .header(header, value)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> askLater(String key, Question question) {
        return client.sendAsync(request(key, question), BodyHandlers.ofString());
    }

    /** The limits of a key. */
    List<JsonNode> quota(String key) throws Exception {
        return List.copyOf(get(data + "/v1/quota", key).path("limits").values());
    }

    /** What a caller is answered who asks for the limits of a key. */
    int status(String key) throws Exception {
        return send(data + "/v1/quota", key).statusCode();
    }

    /** The models that a key may use. */
    List<JsonNode> models(String key) throws Exception {
        return List.copyOf(get(data + "/v1/models", key).path("data").values());
    }

    /** How it stands with the configuration. */
    JsonNode configuration() throws Exception {
        return get(admin + "/admin/v1/configuration", TOKEN);
    }

    /** The limits of everybody. */
    List<JsonNode> quota() throws Exception {
        return List.copyOf(get(admin + "/admin/v1/quota", TOKEN).path("limits").values());
    }

    /** The one limit of that id. */
    JsonNode limit(String id) throws Exception {
        return quota().stream()
                .filter(limit -> limit.path("id").asString().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no limit " + id));
    }

    JsonNode decision(String id) throws Exception {
        return get(admin + "/admin/v1/decisions/" + id, TOKEN);
    }

    /** Whether the ledger has a line of that id. */
    boolean decided(String id) throws Exception {
        return send(admin + "/admin/v1/decisions/" + id, TOKEN).statusCode() == 200;
    }

    /** Whether it says that it takes requests. */
    boolean ready() throws Exception {
        return send(data + "/readyz", "").statusCode() == 200;
    }

    JsonNode usage(String by) throws Exception {
        return get(admin + "/admin/v1/usage?by=" + by, TOKEN);
    }

    /** The secret of a new key of the tenant. */
    String createKey(String tenant) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin + "/admin/v1/keys"))
                .header("authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofString("{\"tenant\":\"" + tenant + "\"}"))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return json(response.body()).path("secret").asString();
    }

    /** The sum of all series of a metric. */
    double metric(String name) throws Exception {
        return send(admin + "/metrics", TOKEN)
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Waits until no request holds anything: no place, no turn in a queue, no part of a limit. */
    void awaitNothingHeld() throws Exception {
        Await.until("atlas_inflight 0", () -> metric("atlas_inflight") == 0);
        Await.until("atlas_queue_depth 0", () -> metric("atlas_queue_depth") == 0);
        Await.until(
                "nothing held",
                () -> quota().stream().allMatch(limit -> limit.path("held").asLong() == 0));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest request(String key, Question question) {
        return HttpRequest.newBuilder(URI.create(data + "/v1/chat/completions"))
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(question.json()))
                .build();
    }

    private JsonNode get(String uri, String key) throws Exception {
        HttpResponse<String> response = send(uri, key);
        assertThat(response.statusCode()).as(uri + ": " + response.body()).isEqualTo(200);
        return json(response.body());
    }

    private HttpResponse<String> send(String uri, String key) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .header("authorization", "Bearer " + key)
                        .build(),
                BodyHandlers.ofString());
    }
}
