package io.atlas.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API of a Prometheus. */
public final class AskedPrometheus {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    /** The one at that address. */
    public AskedPrometheus(URI address) {
        this.address = address;
    }

    /** The samples that a query has now. */
    public JsonNode query(String expression) throws IOException, InterruptedException {
        return data("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result");
    }

    /** Whether a query has a sample now that is a number. */
    public boolean hasData(String expression) throws IOException, InterruptedException {
        return query(expression)
                .valueStream()
                .anyMatch(sample -> !sample.path("value").path(1).asString().equals("NaN"));
    }

    /** The rules that it judges, in groups. */
    public JsonNode rules() throws IOException, InterruptedException {
        return data("/api/v1/rules").path("groups");
    }

    /** Waits until the first sample of a query is as much. */
    public void await(String expression, double atLeast) throws IOException, InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (value(expression) < atLeast) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(expression + ": " + value(expression) + " after " + PATIENCE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private double value(String expression) throws IOException, InterruptedException {
        return query(expression).path(0).path("value").path(1).asDouble(0);
    }

    private JsonNode data(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new IllegalArgumentException(path + ": " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body()).path("data");
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString());
    }
}
