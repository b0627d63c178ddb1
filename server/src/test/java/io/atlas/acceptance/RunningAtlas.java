package io.atlas.acceptance;

import io.atlas.app.Atlas;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.exchange.Deadlines;
import io.atlas.reload.Hangup;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Environment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A gateway in this process, on free ports, and plain HTTP to it. */
final class RunningAtlas implements AutoCloseable {
    /** The largest body that it reads. */
    static final int MAX_BODY_BYTES = 256 << 10;

    /** The day from which its prices hold. */
    static final LocalDate TODAY = LocalDate.of(2026, 11, 20);

    private static final String SERVER = """
            apiVersion: atlas/v1
            server:
              listen: 127.0.0.1:0
              admin: { listen: "127.0.0.1:0" }
              data: "${data}"
              limits: { body: 256KiB }
            """;

    private final Atlas atlas;
    private final Path file;
    private boolean followed;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningAtlas(Atlas atlas, Path file) {
        this.atlas = atlas;
        this.file = file;
    }

    /**
     * Starts a gateway.
     *
     * @param yaml its configuration but for the listeners and the folder
     * @param names what the configuration's references stand for
     */
    static RunningAtlas start(Path data, String yaml, Map<String, String> names) {
        return start(data, yaml, names, TimeSource.system());
    }

    /** The same by another clock. */
    static RunningAtlas start(Path data, String yaml, Map<String, String> names, TimeSource time) {
        Map<String, String> all = new HashMap<>(names);
        all.put("data", data.toString());
        byte[] text = (SERVER + yaml).getBytes(StandardCharsets.UTF_8);
        Environment environment = name -> Optional.ofNullable(all.get(name));
        Reading reading = ConfigurationReader.read("atlas.yaml", text, environment, TODAY);
        return switch (reading) {
            case Reading.Valid valid -> {
                Atlas atlas = Atlas.start(valid.configuration(), Deadlines.USUAL, environment, time);
                yield new RunningAtlas(atlas, data.resolve("atlas.yaml"));
            }
            case Reading.Invalid invalid ->
                throw new AssertionError(invalid.findings().toString());
        };
    }

    /** Writes another configuration into its file, which it follows. */
    void change(String yaml) throws IOException {
        Files.writeString(file, SERVER + yaml);
        if (!followed) {
            followed = true;
            atlas.follow(file, Hangup.expected());
        }
    }

    /** Where callers find it. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + atlas.port());
    }

    /** Where operators find it. */
    URI adminUri() {
        return URI.create("http://127.0.0.1:" + atlas.adminPort());
    }

    /** Asks for a chat completion and waits for all of the answer. */
    Reply chat(String key, Chat chat) throws IOException, InterruptedException {
        return chat(Map.of("authorization", "Bearer " + key), chat);
    }

    /** Asks for a chat completion with these headers and no others. */
    Reply chat(Map<String, String> headers, Chat chat) throws IOException, InterruptedException {
        HttpRequest.Builder request = chatRequest(chat);
        headers.forEach(request::setHeader);
        return Reply.of(client.send(request.build(), BodyHandlers.ofString()));
    }

    /** Asks what would become of a chat completion with these headers and no others. */
    Reply check(Map<String, String> headers, Chat chat) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve("/v1/quota/check"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(chat.body()));
        headers.forEach(request::setHeader);
        return Reply.of(client.send(request.build(), BodyHandlers.ofString()));
    }

    /** The same of that key. */
    Reply check(String key, Chat chat) throws IOException, InterruptedException {
        return check(Map.of("authorization", "Bearer " + key), chat);
    }

    /** Asks for a chat completion and does not wait; cancelled, the future closes the connection. */
    CompletableFuture<Reply> chatLater(String key, Chat chat) {
        return chatLater(Map.of("authorization", "Bearer " + key), chat);
    }

    /** The same with these headers and no others. */
    CompletableFuture<Reply> chatLater(Map<String, String> headers, Chat chat) {
        HttpRequest.Builder request = chatRequest(chat);
        headers.forEach(request::setHeader);
        return client.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Reply::of);
    }

    /** Opens a chat completion that its caller will leave before it is answered. */
    AutoCloseable hanging(String key, Chat chat) {
        CompletableFuture<?> open = client.sendAsync(
                chatRequest(chat).header("authorization", "Bearer " + key).build(), BodyHandlers.discarding());
        return () -> open.cancel(true);
    }

    /** A GET of a caller. */
    Reply get(String key, String path) throws IOException, InterruptedException {
        return send(key, "GET", path, BodyPublishers.noBody());
    }

    /** A GET of a caller with these headers. */
    Reply get(Map<String, String> headers, String path) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri().resolve(path)).GET();
        headers.forEach(request::setHeader);
        return Reply.of(client.send(request.build(), BodyHandlers.ofString()));
    }

    /** Any request of a caller. */
    Reply send(String key, String method, String path, BodyPublisher body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri().resolve(path))
                .header("authorization", "Bearer " + key)
                .method(method, body)
                .build();
        return Reply.of(client.send(request, BodyHandlers.ofString()));
    }

    /** A GET of an operator. */
    Reply admin(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(adminUri().resolve(path)).GET().build();
        return Reply.of(client.send(request, BodyHandlers.ofString()));
    }

    /** Any request of an operator, with a body of JSON. */
    Reply admin(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(adminUri().resolve(path))
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return Reply.of(client.send(request, BodyHandlers.ofString()));
    }

    /** The value of a sample in {@code /metrics}, as {@code name{label="value"}} names it; 0 where there is none. */
    double metric(String sample) throws IOException, InterruptedException {
        return admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .sum();
    }

    /** All metrics in the format that this asks for. */
    String metrics(String accept) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(adminUri().resolve("/metrics"))
                .header("accept", accept)
                .GET()
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        client.shutdownNow();
        atlas.stop();
    }

    private HttpRequest.Builder chatRequest(Chat chat) {
        return HttpRequest.newBuilder(uri().resolve("/v1/chat/completions"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(chat.body()));
    }
}
