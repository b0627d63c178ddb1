package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.atlas.testing.OracleUpstream;
import io.atlas.testing.RawAnswer;
import io.atlas.testing.TraceCollector;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nobody may see stands nowhere that a request leaves something: secrets, prompts, answers, and who somebody is. */
@Timeout(120)
class CanaryTest {
    private static final String CALLER_KEY = "canary-caller-key-4711";
    private static final String BACKEND_KEY = "canary-backend-key-4712";
    private static final String COLLECTOR_KEY = "canary-collector-key-4713";
    private static final String PROMPT = "canarypromptword4714";
    private static final String ANSWER = "canaryanswerword4715";
    private static final String PERSON = "canary-person-4716";
    private static final List<String> CANARIES =
            List.of(CALLER_KEY, BACKEND_KEY, COLLECTOR_KEY, PROMPT, ANSWER, PERSON);

    /** May be seen, and so has to be found. */
    private static final String PLANTED = "canary-tenant-4717";

    private static final String CONFIGURATION = """
            telemetry: { traces: { endpoint: "${collector}", sample: 100%, headers: "authorization=${collectorKey}" }, accessLog: json }
            backends:
              oracle: { type: vllm, url: "${oracle}", apiKey: "${backendKey}" }
              dead: { type: vllm, url: "http://127.0.0.1:9", apiKey: "${backendKey}" }
            models:
              parrot: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              cut-5: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              fault-5: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              nonsense: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              lost: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: dead } ] }
            tiers:
              pro: { models: [ "*" ] }
            tenants:
              canary-tenant-4717:
                tier: pro
                limits: [ { tokens: 2k, per: day } ]
                keys: { app: { secret: "${callerKey}", endUsers: { max: 10, tier: pro } } }
            """;

    @TempDir
    Path data;

    @Test
    void noCanaryIsFoundAndWhatMayBeSeenIs() throws Exception {
        String body =
                "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"" + ANSWER
                        + "\"},\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":1,\"total_tokens\":11}}";
        RawAnswer parrot = new RawAnswer(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n"
                        + body,
                RawAnswer.Then.KEEP);
        Map<String, String> places = new TreeMap<>();
        try (TraceCollector collector = TraceCollector.start();
                OracleUpstream oracle = OracleUpstream.start(Map.of("parrot", parrot));
                LoggedLines logs = LoggedLines.of("ROOT", Level.TRACE);
                LoggedLines access = LoggedLines.of("access", Level.TRACE)) {
            try (RunningAtlas atlas = RunningAtlas.start(
                    data,
                    CONFIGURATION,
                    Map.of(
                            "collector", collector.url(),
                            "collectorKey", COLLECTOR_KEY,
                            "oracle", oracle.uri().toString(),
                            "backendKey", BACKEND_KEY,
                            "callerKey", CALLER_KEY))) {
                places.put("errors", errors(atlas));
                places.put("metrics", atlas.metrics("application/openmetrics-text"));
                places.put("decisions", atlas.admin("/admin/v1/decisions").body());
                places.put("database", files());
            }
            places.put("database afterwards", files());
            places.put("traces", collector.bytes());
            places.put("access log", String.join("\n", access.lines()));
            places.put("logs", String.join("\n", logs.lines()));
            assertThat(collector.headers())
                    .isNotEmpty()
                    .allSatisfy(sent -> assertThat(sent.toString()).contains(COLLECTOR_KEY));
            assertThat(oracle.journal().all())
                    .isNotEmpty()
                    .allSatisfy(asked ->
                            assertThat(asked.headers()).containsEntry("authorization", "Bearer " + BACKEND_KEY));
        }
        places.forEach((place, text) -> assertThat(CANARIES)
                .as(place)
                .allSatisfy(
                        canary -> assertThat(text.contains(canary)).as(canary).isFalse()));
        assertThat(places)
                .allSatisfy((place, text) -> assertThat(
                                place.equals("errors")
                                        ? text.contains("request_exceeds_limit")
                                        : text.contains(planted(place)))
                        .as(place)
                        .isTrue());
    }

    /** Logs are for what goes wrong, and name requests by their ids. */
    private static String planted(String place) {
        return place.equals("logs") ? "ready" : PLANTED;
    }

    /** Serves and fails in every way, and collects what callers were told but for the answers themselves. */
    private static String errors(RunningAtlas atlas) throws Exception {
        Map<String, String> headers = Map.of("authorization", "Bearer " + CALLER_KEY, "x-atlas-user", PERSON);
        atlas.chat(headers, Chat.of("parrot", PROMPT).maxTokens(10)).expect(200);
        atlas.chat(headers, Chat.of("echo", PROMPT).maxTokens(10).streamed()).expect(200);
        StringBuilder told = new StringBuilder();
        for (String model : List.of("error-500", "cut-5", "fault-5", "nonsense", "lost", "unknown")) {
            told.append(body(atlas, headers, Chat.of(model, PROMPT).maxTokens(10)));
            told.append(
                    body(atlas, headers, Chat.of(model, PROMPT).maxTokens(10).streamed()));
        }
        told.append(body(atlas, headers, Chat.of("echo", PROMPT).maxTokens(9_000)));
        Map<String, String> wrong = Map.of("authorization", "Bearer " + CALLER_KEY + "x");
        told.append(body(atlas, wrong, Chat.of("echo", PROMPT)));
        String cut = "{\"model\": \"echo\", \"messages\": [\"" + PROMPT + "\"";
        told.append(atlas.send(CALLER_KEY, "POST", "/v1/chat/completions", BodyPublishers.ofString(cut))
                .body());
        return told.toString();
    }

    /** A stream that breaks ends its connection, which a client may not have noticed when it sends the next request by it. */
    private static String body(RunningAtlas atlas, Map<String, String> headers, Chat chat) throws Exception {
        for (int i = 0; i < 3; i++) {
            try {
                return atlas.chat(headers, chat).body();
            } catch (IOException _) {
                // By another connection.
            }
        }
        return atlas.chat(headers, chat).body();
    }

    private String files() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
