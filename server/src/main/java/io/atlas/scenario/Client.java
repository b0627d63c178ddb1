package io.atlas.scenario;

import io.atlas.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** One tenant's client: it asks for a streamed answer, reads it to the end, and never retries. From any thread. */
final class Client {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final String DATA = "data: ";
    private static final String DONE = "data: [DONE]";
    private static final String BODY = """
            {"model":"small","stream":true,"max_tokens":24,"messages":[{"role":"user","content":"Tell me about the weather."}]}""";

    private final HttpClient http;
    private final HttpRequest request;
    private final TimeSource time;
    private volatile OptionalLong tokensLeft = OptionalLong.empty();
    private volatile OptionalLong requestsLeft = OptionalLong.empty();

    Client(HttpClient http, URI gateway, String key, TimeSource time) {
        this.http = http;
        this.time = time;
        this.request = HttpRequest.newBuilder(gateway.resolve("/v1/chat/completions"))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(BODY))
                .build();
    }

    /** Asks once; times count from when it was due, so that waiting to be sent is not forgotten. */
    Outcome ask(long dueNanos) throws InterruptedException {
        try {
            HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                remember(response);
                return response.statusCode() == OK ? read(lines, dueNanos) : refused(lines);
            }
        } catch (IOException | UncheckedIOException | JacksonException _) {
            return new Outcome.Broken();
        }
    }

    OptionalLong tokensLeft() {
        return tokensLeft;
    }

    OptionalLong requestsLeft() {
        return requestsLeft;
    }

    private Outcome read(Stream<String> lines, long dueNanos) {
        long firstNanos = 0;
        String last = "";
        for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
            String line = each.next();
            if (line.startsWith(DATA)) {
                firstNanos = firstNanos == 0 ? time.nanos() - dueNanos : firstNanos;
                last = line;
            }
        }
        return last.equals(DONE) ? new Outcome.Served(firstNanos, time.nanos() - dueNanos) : new Outcome.Broken();
    }

    private static Outcome refused(Stream<String> lines) {
        String code = JSON.readTree(lines.collect(Collectors.joining("\n")))
                .at("/error/code")
                .asString("");
        return code.isEmpty() ? new Outcome.Broken() : new Outcome.Refused(code);
    }

    private void remember(HttpResponse<?> response) {
        tokensLeft = header(response, "x-ratelimit-remaining-tokens", tokensLeft);
        requestsLeft = header(response, "x-ratelimit-remaining-requests", requestsLeft);
    }

    private static OptionalLong header(HttpResponse<?> response, String name, OptionalLong before) {
        OptionalLong told = response.headers().firstValueAsLong(name);
        return told.isPresent() ? told : before;
    }
}
