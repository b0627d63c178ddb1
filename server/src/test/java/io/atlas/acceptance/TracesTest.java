package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.atlas.endings.Await;
import io.atlas.testing.OracleUpstream;
import io.atlas.testing.TraceCollector;
import io.atlas.testing.TraceCollector.Sent;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A request is one trace: a span for the whole of it, and one for each step of its receipt, in order, with its times. */
@Timeout(60)
class TracesTest {
    private static final String KEY = "key-of-the-worker";
    private static final String CALLER = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER_SPAN = "b7ad6b7169203331";
    private static final String CONFIGURATION = """
            telemetry: { traces: { endpoint: "${collector}", sample: "${sample}", headers: "x-scope=${scope},authorization=Basic abc=" } }
            backends:
              moody: { type: vllm, url: "${moody}", health: { check: never } }
              oracle: { type: vllm, url: "${oracle}" }
            models:
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              words-8: { class: any, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              both:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: moody, cost: { input: "0 USD", output: "0 USD" } }, { backend: oracle, model: words-8 } ]
              large:
                price: { input: "20 USD", output: "80 USD" }
                deployments: [ { backend: oracle, model: words-8 } ]
                downgrade: words-8
            tiers:
              pro: { models: [ "*" ], whenLow: [ downgrade ] }
            tenants:
              worker: { tier: pro, limits: [ { tokens: 100k, per: day } ], teams: { search: { users: { ada: {} }, keys: { app: { secret: key-of-the-worker, user: ada } } } } }
              poor: { tier: pro, limits: [ { tokens: 10, per: day } ], keys: { app: { secret: key-of-the-poor-one } } }
              thrifty: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-thrifty } } }
            """;

    @TempDir
    Path data;

    private final TraceCollector collector = TraceCollector.start();
    private final OracleUpstream oracle = OracleUpstream.start();
    private final MoodyUpstream moody = MoodyUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = started(collector.url(), "100%");
    }

    private RunningAtlas started(String endpoint, String sample) {
        return RunningAtlas.start(
                data,
                CONFIGURATION,
                Map.of(
                        "collector",
                        endpoint,
                        "sample",
                        sample,
                        "scope",
                        "acme",
                        "moody",
                        moody.url(),
                        "oracle",
                        oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        collector.close();
        oracle.close();
        moody.close();
    }

    @Test
    void aServedRequestIsOneTraceOfTheStepsOfItsReceipt() throws Exception {
        Reply reply =
                atlas.chat(KEY, Chat.ofTokens("words-8", 50).maxTokens(100)).expect(200);

        Sent whole = told(KEY, reply).getFirst();
        assertThat(whole.name()).isEqualTo("chat words-8");
        assertThat(whole.attributes())
                .containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.provider.name", "vllm")
                .containsEntry("gen_ai.request.model", "words-8")
                .containsEntry("gen_ai.request.max_tokens", 100L)
                .containsEntry("gen_ai.response.model", "words-8")
                .containsEntry("gen_ai.usage.output_tokens", 8L)
                .containsEntry("atlas.tenant", "worker")
                .containsEntry("atlas.team", "search")
                .containsEntry("atlas.tier", "pro")
                .containsEntry("atlas.backend", "oracle")
                .containsEntry("atlas.outcome", "served")
                .containsEntry("atlas.decision", reply.header("x-atlas-decision"))
                .containsEntry("atlas.budget.limit", "tokens/day")
                .containsEntry("atlas.budget.left_ratio", 1.0)
                .doesNotContainKeys("error.type", Sent.ERROR);
        assertThat(whole.attributes().values()).doesNotContain("ada", "app", KEY);
        assertThat(collector.headers())
                .allSatisfy(headers -> assertThat(lowered(headers))
                        .containsEntry("x-scope", List.of("acme"))
                        .containsEntry("authorization", List.of("Basic abc=")));
    }

    @Test
    void aStreamIsToldToItsEnd() throws Exception {
        Reply reply = atlas.chat(KEY, Chat.ofTokens("words-8", 50).streamed()).expect(200);

        List<Sent> spans = told(KEY, reply);
        assertThat(spans.getFirst().attributes())
                .containsEntry("gen_ai.request.stream", true)
                .containsEntry("gen_ai.usage.output_tokens", 8L);
        assertThat(attempts(spans))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.attributes())
                        .containsEntry("http.response.status_code", 200L)
                        .doesNotContainKey(Sent.ERROR));
    }

    @Test
    void aRefusalIsToldWithItsReasonAndIsNoErrorOfOurs() throws Exception {
        Reply reply =
                atlas.chat("key-of-the-poor-one", Chat.ofTokens("words-8", 50)).expect(400);

        List<Sent> spans = told("key-of-the-poor-one", reply);
        assertThat(spans.getFirst().attributes())
                .containsEntry("atlas.outcome", "refused")
                .containsEntry("error.type", "request_exceeds_limit")
                .containsEntry("atlas.budget.limit", "tokens/day")
                .doesNotContainKeys(Sent.ERROR, "gen_ai.response.model", "gen_ai.usage.input_tokens");
        assertThat(attempts(spans)).isEmpty();
    }

    @Test
    void eachOfTwoAttemptsIsASpanAndItsBackendIsToldThatItIsItsParent() throws Exception {
        moody.mood(500);
        Reply reply = atlas.chat(KEY, Chat.ofTokens("both", 50).maxTokens(20).mark("again"))
                .expect(200);

        List<Sent> attempts = attempts(told(KEY, reply));
        assertThat(attempts).extracting(span -> span.text("atlas.backend")).containsExactly("moody", "oracle");
        assertThat(attempts.getFirst().attributes())
                .containsEntry("error.type", "backend_error")
                .containsEntry("http.response.status_code", 500L)
                .containsKey(Sent.ERROR);
        assertThat(attempts.getLast().attributes()).doesNotContainKey(Sent.ERROR);
        assertThat(oracle.journal().of("again").getFirst().headers())
                .containsEntry("traceparent", traceparent(attempts.getLast()));
        assertThat(moody.lastHeader("traceparent")).isEqualTo(traceparent(attempts.getFirst()));
    }

    @Test
    void anAttemptWhoseCallerLeavesBeforeItsHeadIsASpanToo() throws Exception {
        try (AutoCloseable _ = atlas.hanging(KEY, Chat.ofTokens("hang", 50).mark("left"))) {
            oracle.journal().await("left", Await.PATIENCE);
        }
        String parent = oracle.journal().of("left").getFirst().headers().getOrDefault("traceparent", "");

        List<Sent> spans = collector.await(parent.substring(3, 35), 5);
        assertThat(attempts(spans)).singleElement().satisfies(attempt -> {
            assertThat(traceparent(attempt)).isEqualTo(parent);
            assertThat(attempt.attributes())
                    .containsEntry("error.type", "caller_left")
                    .containsEntry("atlas.backend", "oracle")
                    .doesNotContainKey("http.response.status_code");
        });
        assertThat(spans.getFirst().attributes()).containsEntry("atlas.outcome", "aborted");
    }

    @Test
    void aDowngradeIsToldAsAStep() throws Exception {
        Reply reply = atlas.chat(
                        "key-of-the-thrifty", Chat.ofTokens("large", 50).maxTokens(100))
                .expect(200);

        List<Sent> spans = told("key-of-the-thrifty", reply);
        assertThat(spans.getFirst().attributes())
                .containsEntry("gen_ai.request.model", "large")
                .containsEntry("gen_ai.response.model", "words-8");
        assertThat(spans)
                .filteredOn(span -> span.name().equals("downgrade"))
                .singleElement()
                .satisfies(step -> assertThat(step.attributes())
                        .containsEntry("atlas.from", "large")
                        .containsEntry("atlas.to", "words-8"));
    }

    @Test
    void theTraceOfASampledCallerGoesOnHereAndAtTheBackend() throws Exception {
        atlas.close();
        atlas = started(collector.url(), "0%");
        Reply reply = atlas.chat(
                        Map.of(
                                "authorization", "Bearer " + KEY,
                                "traceparent", "00-" + CALLER + "-" + CALLER_SPAN + "-01",
                                "tracestate", "rojo=00f067aa0ba902b7"),
                        Chat.ofTokens("words-8", 50).mark("followed"))
                .expect(200);

        List<Sent> spans = told(KEY, reply);
        assertThat(spans.getFirst().traceId()).isEqualTo(CALLER);
        assertThat(spans.getFirst().parentId()).isEqualTo(CALLER_SPAN);
        assertThat(oracle.journal().of("followed").getFirst().headers())
                .containsEntry("traceparent", traceparent(attempts(spans).getFirst()))
                .containsEntry("tracestate", "rojo=00f067aa0ba902b7");
    }

    @Test
    void theTraceOfAnotherCallerIsPassedOnAndNoneIsMadeOfWhatIsNone() throws Exception {
        atlas.close();
        atlas = started(collector.url(), "0%");
        String unsampled = "00-" + CALLER + "-" + CALLER_SPAN + "-00";
        Map<String, String> headers = new HashMap<>(Map.of("authorization", "Bearer " + KEY, "traceparent", unsampled));
        Reply passedOn = atlas.chat(headers, Chat.ofTokens("words-8", 50).mark("passed-on"))
                .expect(200);
        headers.put("traceparent", "00-" + CALLER + "-0000000000000000-01");
        Reply wrong =
                atlas.chat(headers, Chat.ofTokens("words-8", 50).mark("wrong")).expect(200);

        assertThat(oracle.journal().of("passed-on").getFirst().headers()).containsEntry("traceparent", unsampled);
        assertThat(oracle.journal().of("wrong").getFirst().headers()).doesNotContainKey("traceparent");
        assertThat(receipt(KEY, passedOn).path("trace_id").asString("")).isEqualTo(CALLER);
        assertThat(receipt(KEY, wrong).path("trace_id").isNull()).isTrue();
        atlas.close();
        assertThat(collector.spans()).isEmpty();
        start();
    }

    @Test
    void explainAndTheHistogramsLeadToTheTrace() throws Exception {
        Reply reply = atlas.chat(KEY, Chat.ofTokens("words-8", 50).streamed()).expect(200);
        String traceId = receipt(KEY, reply).path("trace_id").asString("");

        assertThat(atlas.metrics("application/openmetrics-text"))
                .containsPattern("atlas_request_duration_seconds_bucket\\{[^}]*} 1 # \\{[^}]*trace_id=\"" + traceId)
                .containsPattern("atlas_time_to_first_token_seconds_bucket\\{[^}]*} 1 # \\{[^}]*trace_id=\"" + traceId);
        assertThat(atlas.metrics("text/plain")).doesNotContain("trace_id");
        try (Terminal explain = Terminal.run(atlas.adminUri(), "explain", reply.header("x-atlas-decision"))) {
            Await.until("it is told", explain::over);
            assertThat(String.join("\n", explain.lines())).containsPattern("trace +" + traceId);
        }
    }

    @Test
    void aStopSendsWhatStillWaits() throws Exception {
        for (int i = 0; i < 20; i++) {
            atlas.chat(KEY, Chat.ofTokens("words-8", 50)).expect(200);
        }
        atlas.close();
        assertThat(collector.spans())
                .filteredOn(span -> span.kind() == Sent.Kind.SERVER)
                .hasSize(20);
        start();
    }

    @Test
    void withoutACollectorRequestsAreServedAndTracesAreDroppedAndCounted() throws Exception {
        atlas.close();
        atlas = started("http://127.0.0.1:9", "100%");
        try (LoggedLines log = LoggedLines.of("io.atlas.telemetry", Level.INFO)) {
            for (int i = 1; i <= 3; i++) {
                int dropped = i;
                atlas.chat(KEY, Chat.ofTokens("words-8", 50)).expect(200);
                Await.until(
                        "each is dropped",
                        () -> atlas.metric("atlas_telemetry_dropped_total{what=\"traces\"}") == dropped);
            }
            assertThat(log.lines())
                    .as("one line a minute")
                    .singleElement()
                    .asString()
                    .contains("telemetry was dropped");
        }
    }

    /** The spans of a request: the whole first, whose parts are the steps of the receipt one after the other. */
    private List<Sent> told(String key, Reply reply) throws Exception {
        JsonNode receipt = receipt(key, reply);
        List<JsonNode> steps = receipt.path("steps").valueStream().toList();
        List<Sent> spans = collector.await(receipt.path("trace_id").asString(""), steps.size() + 1);
        Sent whole = spans.getFirst();
        List<Sent> parts = spans.subList(1, spans.size());
        assertThat(whole.kind()).isEqualTo(Sent.Kind.SERVER);
        assertThat(whole.startNanos())
                .isEqualTo(ChronoUnit.NANOS.between(
                        Instant.EPOCH, Instant.parse(receipt.path("at").asString(""))));
        assertThat(whole.endNanos() - whole.startNanos())
                .isEqualTo(receipt.path("duration_us").asLong() * 1_000);
        assertThat(parts)
                .extracting(part -> part.text("atlas.step"))
                .containsExactlyElementsOf(steps.stream()
                        .map(step -> step.path("step").asString(""))
                        .toList());
        assertThat(parts).extracting(Sent::parentId).containsOnly(whole.spanId());
        assertThat(spans).extracting(Sent::spanId).doesNotHaveDuplicates();
        long from = whole.startNanos();
        for (int i = 0; i < parts.size(); i++) {
            assertThat(parts.get(i).startNanos()).isEqualTo(from);
            from = parts.get(i).endNanos();
            assertThat(from - whole.startNanos())
                    .isEqualTo(steps.get(i).path("after_us").asLong() * 1_000);
        }
        assertThat(from).isLessThanOrEqualTo(whole.endNanos());
        return spans;
    }

    private JsonNode receipt(String key, Reply reply) throws Exception {
        return atlas.get(key, "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json();
    }

    private static List<Sent> attempts(List<Sent> spans) {
        return spans.stream().filter(span -> span.kind() == Sent.Kind.CLIENT).toList();
    }

    private static String traceparent(Sent span) {
        return "00-" + span.traceId() + "-" + span.spanId() + "-01";
    }

    private static Map<String, List<String>> lowered(Map<String, List<String>> headers) {
        Map<String, List<String>> lowered = new HashMap<>();
        headers.forEach((name, values) -> lowered.put(name.toLowerCase(Locale.ROOT), values));
        return lowered;
    }
}
