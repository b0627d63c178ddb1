package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Deployments that cannot do everything: they get no request that needs what they lack, whatever else speaks for them. */
@Timeout(60)
class FeaturesTest {
    private static final String KEY = "key-of-the-worker";
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look_up\"}}]";
    private static final String SCHEMA =
            "\"response_format\":{\"json_schema\":{\"type\":\"text\"},\"type\":\"json_schema\"}";
    private static final String IMAGE =
            "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]";

    private static final String CONFIGURATION = """
            backends:
              a: { type: vllm, url: "${oracle}" }
              b: { type: vllm, url: "${oracle}" }
              dead: { type: vllm, url: "http://127.0.0.1:9", health: { check: never } }
            models:
              split:
                price: { input: "2 USD", output: "8 USD" }
                features: [ tools, images ]
                deployments: [ { backend: a, model: words-8, features: [ json ], cost: { input: "0 USD", output: "0 USD" } }, { backend: b, model: words-8 } ]
              large:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: a, model: words-8 } ]
                downgrade: plain
              plain:
                price: { input: "1 USD", output: "4 USD" }
                features: []
                deployments: [ { backend: a, model: words-8 } ]
                downgrade: small
                fallback: small
              small:
                price: { input: "0.2 USD", output: "0.8 USD" }
                features: [ tools ]
                deployments: [ { backend: b, model: words-8 } ]
              broken:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: dead, features: [ tools ] }, { backend: a, model: words-8, features: [], cost: { input: "9 USD", output: "9 USD" } } ]
                fallback: plain
              lost:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: dead, features: [ tools ] }, { backend: a, model: words-8, features: [] } ]
            tiers:
              pro:
                models: [ "*" ]
                whenLow: [ downgrade ]
              few:
                models: [ large, plain, small ]
                limits: [ { requests: 1, per: day } ]
                whenExhausted: { models: [ plain, small ], limits: [ { requests: 9, per: day } ] }
            tenants:
              worker: { tier: pro, limits: [ { tokens: 100k, per: day } ], keys: { app: { secret: key-of-the-worker } } }
              saver: { tier: pro, limits: [ { cost: "0.0045 USD", per: day, lowWater: 100% } ], keys: { app: { secret: key-of-the-saver } } }
              spent: { tier: few, keys: { app: { secret: key-of-the-spent-one } } }
            """;

    @TempDir
    Path data;

    private final OracleUpstream oracle = OracleUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void aRequestGoesWhereItCanBeDoneAndTheReceiptSaysWhyNotElsewhere() throws Exception {
        assertThat(atlas.chat(KEY, asking("split", TOOLS)).expect(200).header("x-atlas-model"))
                .isEqualTo("split");
        JsonNode withTools = receipt(KEY, atlas.chat(KEY, asking("split", TOOLS).streamed()));
        JsonNode text = receipt(KEY, atlas.chat(KEY, Chat.of("split", "hello").maxTokens(10)));

        assertThat(withTools.path("served").path("deployment").asString()).isEqualTo("split@b");
        assertThat(standings(withTools)).containsExactly("lacks_feature", "chosen");
        assertThat(text.path("served").path("deployment").asString()).isEqualTo("split@a");
        assertThat(standings(text)).containsExactly("chosen", "dearer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tools|tools|\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look_up\"}}]",
                "functions|tools|\"functions\":[{\"name\":\"look_up\"}]",
                "response_format|json|\"response_format\":{\"type\":\"json_object\"}",
                "response_format|jsonSchema|\"response_format\":{\"json_schema\":{\"type\":\"text\"},\"type\":\"json_schema\"}",
                "logprobs|logprobs|\"logprobs\":true",
                "reasoning_effort|reasoning|\"reasoning_effort\":\"low\""
            })
    void whatNoDeploymentCanDoIsRefusedByTheNameOfItsField(String field, String feature, String asked)
            throws Exception {
        Chat chat = asking("plain", asked);

        Reply refused = atlas.chat(KEY, chat).expect(400);

        assertThat(refused.code()).isEqualTo("invalid_" + field);
        assertThat(refused.json().path("error").path("param").asString()).isEqualTo(field);
        assertThat(refused.json().path("error").path("message").asString()).contains("'plain'", "(" + feature + ")");
        assertThat(refused.remedies()).containsExactly("fix_request", "use_model");
        String other = refused.remedy("use_model").orElseThrow().path("model").asString();
        atlas.chat(KEY, chat.model(other)).expect(200);
        atlas.chat(KEY, Chat.of("plain", "hello").maxTokens(10)).expect(200);
        assertThat(receipt(KEY, refused).path("outcome").asString()).isEqualTo("refused");
        JsonNode foretold = atlas.check(KEY, chat).expect(200).json();
        assertThat(foretold.path("status").asInt()).isEqualTo(400);
        assertThat(foretold.path("message").asString())
                .isEqualTo(refused.json().path("error").path("message").asString());
    }

    @Test
    void aRefusalHoldsAndChargesNothing() throws Exception {
        atlas.chat(KEY, asking("plain", TOOLS)).expect(400);

        JsonNode limit = atlas.get(KEY, "/v1/quota").json().path("limits").path(0);
        assertThat(limit.path("used").asLong()).isZero();
        assertThat(limit.path("held").asLong()).isZero();
        assertThat(oracle.journal().all()).isEmpty();
    }

    @Test
    void anImageNeedsADeploymentThatSeesAndBothNeedOneThatCanDoBoth() throws Exception {
        assertThat(receipt(KEY, image("split", "").expect(200))
                        .path("served")
                        .path("backend")
                        .asString())
                .isEqualTo("b");
        assertThat(image("small", "").expect(400).code()).isEqualTo("invalid_image_url");
        image("split", "," + TOOLS).expect(200);
        assertThat(image("split", ",\"response_format\":{\"type\":\"json_object\"}")
                        .expect(400)
                        .code())
                .isEqualTo("invalid_response_format");
    }

    @Test
    void nothingThatAsksForNothingIsKeptFromAPlainDeployment() throws Exception {
        atlas.chat(KEY, asking("plain", "\"tools\":[],\"logprobs\":false,\"reasoning_effort\":\"none\""))
                .expect(200);
        atlas.chat(KEY, asking("plain", "\"tools\":null,\"response_format\":{\"type\":\"text\"}"))
                .expect(200);
    }

    @Test
    void aConversationInWhichToolsWereCalledNeedsThem() throws Exception {
        String called = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
                + "\"function\":{\"name\":\"look_up\",\"arguments\":\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"found\"}";
        String silent =
                "{\"role\":\"assistant\",\"content\":\"well\",\"tool_calls\":[]},{\"role\":\"user\",\"content\":\"so\"}";

        assertThat(messages("plain", called).expect(400).code()).isEqualTo("invalid_messages");
        messages("small", called).expect(200);
        messages("plain", silent).expect(200);
    }

    @Test
    void aCheaperModelThatCannotDoItIsPassedOver() throws Exception {
        String key = "key-of-the-saver";
        Chat text = Chat.ofTokens("large", 500).maxTokens(100);
        Chat tools = text.with(TOOLS);
        atlas.chat(key, text).expect(200);

        assertThat(atlas.chat(key, text).expect(200).header("x-atlas-model")).isEqualTo("plain");
        assertThat(atlas.chat(key, tools).expect(200).header("x-atlas-model")).isEqualTo("small");
        assertThat(atlas.chat(key, text.with(SCHEMA)).expect(200).header("x-atlas-model"))
                .isEqualTo("large");
    }

    @Test
    void aModelForTheEndOfAQuotaThatCannotDoItIsPassedOver() throws Exception {
        String key = "key-of-the-spent-one";
        Chat text = Chat.of("large", "hello").maxTokens(10);
        atlas.chat(key, text).expect(200);

        assertThat(atlas.chat(key, text).expect(200).header("x-atlas-model")).isEqualTo("plain");
        assertThat(atlas.chat(key, text.with(TOOLS)).expect(200).header("x-atlas-model"))
                .isEqualTo("small");
        assertThat(atlas.chat(key, text.with(SCHEMA)).expect(429).code()).isEqualTo("quota_exhausted");
    }

    @Test
    void aModelThatStandsInForABrokenOneCanDoItAndAHealthyOneThatCannotHidesNothing() throws Exception {
        assertThat(atlas.chat(KEY, asking("broken", TOOLS)).expect(200).header("x-atlas-model"))
                .isEqualTo("small");
        for (int i = 0; i < 6; i++) {
            int status = atlas.chat(
                            KEY, Chat.of("lost", "hello " + i).maxTokens(10).with(TOOLS))
                    .status();
            assertThat(status).isIn(502, 503);
        }
        Reply refused = atlas.chat(KEY, asking("lost", TOOLS)).expect(503);
        assertThat(refused.code()).isEqualTo("backend_unavailable");
        assertThat(standings(receipt(KEY, refused))).containsExactly("unhealthy", "lacks_feature");
        atlas.chat(KEY, Chat.of("lost", "hello").maxTokens(10)).expect(200);
    }

    private static Chat asking(String model, String field) {
        return Chat.of(model, "hello").maxTokens(10).with(field);
    }

    private Reply image(String model, String more) throws Exception {
        return atlas.send(
                KEY,
                "POST",
                "/v1/chat/completions",
                BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":" + IMAGE + "}]" + more
                        + "}"));
    }

    private Reply messages(String model, String after) throws Exception {
        return atlas.send(
                KEY,
                "POST",
                "/v1/chat/completions",
                BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}," + after
                        + "]}"));
    }

    private JsonNode receipt(String key, Reply reply) throws Exception {
        return atlas.get(key, "/v1/decisions/" + reply.header("x-request-id"))
                .expect(200)
                .json();
    }

    private static List<String> standings(JsonNode receipt) {
        return receipt.path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString("").equals("choose"))
                .flatMap(step -> step.path("candidates").valueStream())
                .map(candidate -> candidate.path("standing").asString(""))
                .toList();
    }
}
