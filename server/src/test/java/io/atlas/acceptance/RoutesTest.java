package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.openai.Route;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Whatever the route by which a model is asked: it is metered, limited and written down alike. */
@Timeout(60)
class RoutesTest {
    private static final long SEED = 815;
    private static final int REQUESTS = 200;
    private static final String KEY = "key-of-the-routes-test";
    private static final String POOR = "key-of-the-poor-tenant";
    private static final List<Route> ROUTES = List.of(Route.values());
    private static final List<String> MODELS = List.of("echo", "words-12", "plain-echo", "error-500");
    private static final String IMAGE =
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + "A".repeat(4_000) + "\"}}";
    private static final String CONFIGURATION = """
            backends:
              running: { type: vllm, url: "${oracle}", health: { failures: 1M } }
              plain: { type: openai, url: "${oracle}" }
            models:
              echo: { context: 128k, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              words-12: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              plain-echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: plain, model: echo } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              cut-5: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              plain-cut: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: plain, model: cut-5 } ] }
              no-usage: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: plain } ] }
            tiers: { free: { models: [ "*" ] } }
            tenants:
              acme:
                tier: free
                limits: [ { tokens: 10M, per: day }, { cost: "1000 USD", per: month }, { requests: 1k, per: day } ]
                keys: { app: { secret: key-of-the-routes-test } }
              poor: { tier: free, limits: [ { tokens: 100, per: day } ], keys: { app: { secret: key-of-the-poor-tenant } } }
            """;

    private OracleUpstream oracle;
    private RunningAtlas atlas;

    @BeforeEach
    void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void whatIsServedLeavesItsLineInTheLedger(Route route) throws Exception {
        Reply reply = post(KEY, route, body(route, "words-12", "served", "")).expect(200);

        JsonNode receipt = receipt(reply);
        Entry entry = oracle.journal().of("served").getFirst();
        assertThat(receipt.path("asked").path("route").asString()).isEqualTo(route.path());
        assertThat(receipt.path("outcome").asString()).isEqualTo("served");
        assertThat(receipt.path("usage").path("source").asString()).isEqualTo("reported");
        assertThat(receipt.path("asked").path("max_tokens").isNull()).isTrue();
        assertEqual(receipt, entry);
        assertThat(reply.maybe("x-atlas-max-tokens").isPresent()).isEqualTo(route != Route.EMBEDDING);
        JsonNode total = atlas.admin("/admin/v1/usage?by=tenant").json().path("total");
        assertThat(total.path("requests").asLong()).isEqualTo(1);
        assertThat(total.path("charged_requests").asLong()).isEqualTo(1);
        assertThat(total.path("input_tokens").asLong()).isEqualTo(entry.promptTokens());
        assertThat(atlas.metric(
                        "atlas_requests_total{model=\"words-12\",outcome=\"served\",reason=\"none\",tier=\"free\"}"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void whatIsWrongReachesNoBackendAndIsWrittenDownToo(Route route) throws Exception {
        for (String body : List.of(
                "{}",
                "{",
                body(route, "unheard-of", "wrong", ""),
                body(route, "echo", "wrong", ",\"priority\":1"),
                body(route, "echo", "wrong", ",\"extra_body\":{\"priority\":1}"))) {
            Reply reply = post(KEY, route, body);
            assertThat(reply.status()).isBetween(400, 404);
            assertThat(receipt(reply).path("outcome").asString()).isEqualTo("refused");
            assertThat(receipt(reply).path("asked").path("route").asString()).isEqualTo(route.path());
        }
        post("no-such-key", route, body(route, "echo", "wrong", "")).expect(401);
        assertThat(oracle.journal().all()).isEmpty();
        assertThat(atlas.get(KEY, "/v1/quota").json().path("limits").valueStream())
                .allMatch(limit ->
                        limit.path("used").asLong() == 0 && limit.path("held").asLong() == 0);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aBackendThatFailsCostsNothing(Route route) throws Exception {
        Reply reply = post(KEY, route, body(route, "error-500", "failed", "")).expect(502);

        assertThat(receipt(reply).path("outcome").asString()).isEqualTo("failed");
        assertThat(receipt(reply).path("cost_nano_usd").asLong()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"CHAT, 3, 8, 7", "COMPLETION, 3, 8, 0", "EMBEDDING, 3, 0, 0"})
    void whereTheBackendCountsNothingAtlasDoes(Route route, long input, long output, long template) throws Exception {
        Reply reply = post(KEY, route, body(route, "no-usage", "uncounted", "")).expect(200);

        JsonNode usage = receipt(reply).path("usage");
        assertThat(usage.path("source").asString()).isEqualTo("counted");
        assertThat(usage.path("input_tokens").asLong()).isEqualTo(input + template);
        assertThat(usage.path("output_tokens").asLong()).isEqualTo(output);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aSpentBudgetRefusesWithARemedy(Route route) throws Exception {
        String words = String.join(" ", Collections.nCopies(200, "sun"));
        String body = body(route, "echo", "refused", "").replace("one two three", words);
        Reply reply = post(POOR, route, body).expect(400);

        assertThat(reply.code()).isEqualTo("request_exceeds_limit");
        assertThat(reply.remedies()).containsExactly("ask_owner");
        assertThat(oracle.journal().all()).isEmpty();
    }

    @Test
    void tokenIdsAreHeldToTheTokenAndTextAlmost() throws Exception {
        String ids = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String body = "{\"model\":\"echo\",\"user\":\"ids\",\"input\":[" + ids;

        post(POOR, Route.EMBEDDING, body + ",7]}").expect(400);
        Reply served = post(POOR, Route.EMBEDDING, body + "]}").expect(200);

        assertThat(taken(receipt(served))).isEqualTo(100);
        assertThat(receipt(served).path("usage").path("input_tokens").asLong()).isEqualTo(100);
    }

    @Test
    void everyDraftOfEveryPromptIsHeld() throws Exception {
        String body =
                "{\"model\":\"words-12\",\"user\":\"d\",\"prompt\":[[1,2],[3]],\"n\":2,\"best_of\":4,\"max_tokens\":20}";
        Reply reply = post(KEY, Route.COMPLETION, body).expect(200);

        assertThat(taken(receipt(reply))).isEqualTo(3 + 2 * 4 * 20);
        assertThat(receipt(reply).path("usage").path("output_tokens").asLong()).isEqualTo(2 * 4 * 12);
    }

    @Test
    void anImageIsHeldByItsBoundAndChargedByTheBackend() throws Exception {
        String body =
                "{\"model\":\"echo\",\"user\":\"image\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":["
                        + "{\"type\":\"text\",\"text\":\"what is this\"}," + IMAGE + "," + IMAGE + "]}]}";
        Reply reply = post(KEY, Route.CHAT, body).expect(200);

        Entry entry = oracle.journal().of("image").getFirst();
        assertThat(entry.body()).contains(IMAGE);
        assertThat(taken(receipt(reply))).isBetween(2 * 48_169L, 2 * 48_169L + 500);
        assertEqual(receipt(reply), entry);
        assertThat(entry.promptTokens()).isEqualTo(3 + 2 * 1_000);
        post(POOR, Route.CHAT, body).expect(400);
    }

    @Test
    void theLedgerSaysWhatTheUpstreamSays() throws Exception {
        Random random = new Random(SEED);
        long input = 0;
        long output = 0;
        for (int i = 0; i < REQUESTS; i++) {
            Route route = ROUTES.get(random.nextInt(ROUTES.size()));
            String model = MODELS.get(random.nextInt(MODELS.size()));
            String body = varied(random, route, model, "r" + i);
            Reply reply = post(KEY, route, body);
            Entry entry = oracle.journal().of("r" + i).getFirst();
            JsonNode receipt = receipt(reply);
            if (model.equals("error-500")) {
                reply.expect(502);
                assertThat(receipt.path("cost_nano_usd").asLong()).isZero();
            } else {
                reply.expect(200);
                assertEqual(receipt, entry);
                input += entry.promptTokens();
                output += entry.completionTokens();
            }
        }
        JsonNode total = atlas.admin("/admin/v1/usage?by=tenant").json().path("total");
        assertThat(total.path("requests").asLong()).isEqualTo(REQUESTS);
        assertThat(total.path("input_tokens").asLong()).as("seed " + SEED).isEqualTo(input);
        assertThat(total.path("output_tokens").asLong()).as("seed " + SEED).isEqualTo(output);
        assertThat(used("acme:tokens/day")).isEqualTo(input + output);
        assertThat(used("acme:cost/month")).isEqualTo(input * 2_000 + output * 8_000);
    }

    @ParameterizedTest
    @CsvSource({"cut-5, reported, 5, 10", "plain-cut, counted, 5, 10"})
    void aStreamOfSeveralPromptsThatBreaksOffCostsAllOfThemAndWhatWasWritten(
            String model, String source, long input, long output) throws Exception {
        String body = "{\"model\":\"" + model
                + "\",\"user\":\"cut\",\"stream\":true,\"prompt\":[\"one two three\",\"four five\"]}";
        Reply reply = post(KEY, Route.COMPLETION, body).expect(200);

        JsonNode usage = receipt(reply).path("usage");
        assertThat(reply.body()).contains("\"stream_broken\"").doesNotContain("[DONE]");
        assertThat(usage.path("source").asString()).isEqualTo(source);
        assertThat(usage.path("input_tokens").asLong()).isEqualTo(input);
        assertThat(usage.path("output_tokens").asLong()).isBetween(1L, output);
        assertThat(oracle.journal().of("cut").getFirst().completionTokens()).isEqualTo(output);
    }

    private long used(String limit) throws Exception {
        return atlas.get(KEY, "/v1/quota")
                .json()
                .path("limits")
                .valueStream()
                .filter(one -> one.path("id").asString().equals(limit))
                .mapToLong(one -> one.path("used").asLong() + one.path("held").asLong())
                .sum();
    }

    /** What an application may ask: texts and ids, few and many, whole and streamed. */
    private static String varied(Random random, Route route, String model, String mark) {
        String words = "word ".repeat(1 + random.nextInt(200)).strip();
        List<String> prompts = List.of("\"" + words + "\"", "[\"" + words + "\",\"one\"]", "[1,2,3]", "[[4,5],[6]]");
        String prompt = prompts.get(random.nextInt(prompts.size()));
        String stream = List.of("", ",\"stream\":true", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
                .get(random.nextInt(3));
        String several = List.of("", ",\"n\":2", ",\"max_tokens\":5").get(random.nextInt(3));
        String head = "{\"model\":\"" + model + "\",\"user\":\"" + mark + "\"";
        return switch (route) {
            case CHAT ->
                head + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]" + stream + several + "}";
            case COMPLETION -> {
                String best = stream.isEmpty() && random.nextBoolean() ? ",\"best_of\":3" : "";
                yield head + ",\"prompt\":" + prompt + stream + several + best + "}";
            }
            case EMBEDDING -> head + ",\"input\":" + prompt + "}";
        };
    }

    private static String body(Route route, String model, String mark, String more) {
        String prompt = switch (route) {
            case CHAT -> "\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]";
            case COMPLETION -> "\"prompt\":\"one two three\"";
            case EMBEDDING -> "\"input\":\"one two three\"";
        };
        return "{\"model\":\"" + model + "\",\"user\":\"" + mark + "\"," + prompt + more + "}";
    }

    private Reply post(String key, Route route, String body) throws Exception {
        return atlas.send(key, "POST", route.path(), BodyPublishers.ofString(body));
    }

    private JsonNode receipt(Reply reply) throws Exception {
        return atlas.admin("/admin/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json();
    }

    /** What the first limit, one of tokens, was asked to hold. */
    private static long taken(JsonNode receipt) {
        return receipt.path("steps")
                .path(1)
                .path("limits")
                .path(0)
                .path("taken")
                .asLong();
    }

    private static void assertEqual(JsonNode receipt, Entry entry) {
        assertThat(receipt.path("usage").path("input_tokens").asLong())
                .as(entry.body())
                .isEqualTo(entry.promptTokens());
        assertThat(receipt.path("usage").path("output_tokens").asLong())
                .as(entry.body())
                .isEqualTo(entry.completionTokens());
        assertThat(receipt.path("cost_nano_usd").asLong())
                .isEqualTo(entry.promptTokens() * 2_000 + entry.completionTokens() * 8_000);
    }
}
