package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Every request of a known key has a receipt that tells all of its way, to that key and to operators. */
@Timeout(60)
class ReceiptsTest {
    private static final String KEY = "key-of-the-search-team";
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              expert: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ echo, error-500 ] }
            tenants:
              acme:
                tier: pro
                limits: [ { tokens: 1k, per: day } ]
                teams:
                  search:
                    users: { ada: {} }
                    keys: { ci: { secret: key-of-the-search-team, user: ada }, other: { secret: key-of-the-other-team } }
              stranger: { tier: pro, keys: { ci: { secret: key-of-a-stranger } } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterAll
    static void stop() {
        atlas.close();
        oracle.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServedRequestHasAReceipt(boolean streamed) throws Exception {
        Instant before = Instant.now();
        Chat chat = Chat.ofTokens("echo", 50).maxTokens(20);
        JsonNode receipt =
                receipt(atlas.chat(KEY, streamed ? chat.streamed() : chat).expect(200));

        assertShape(receipt);
        assertThat(Instant.parse(receipt.path("at").asString()))
                .isBetween(before.minus(Duration.ofSeconds(1)), Instant.now());
        assertThat(receipt.path("asked").path("stream").asBoolean()).isEqualTo(streamed);
        assertThat(receipt.path("asked").path("max_tokens").asLong()).isEqualTo(20);
        assertThat(receipt.path("outcome").asString()).isEqualTo("served");
        assertThat(receipt.path("reason").isNull()).isTrue();
        assertThat(receipt.path("served").path("model").asString()).isEqualTo("echo");
        assertThat(receipt.path("served").path("backend").asString()).isEqualTo("oracle");
        assertThat(receipt.path("served").path("deployment").asString()).isEqualTo("echo@oracle");
        assertUsage(receipt, 43, 20, "reported");
        assertThat(receipt.path("cost_nano_usd").asLong()).isEqualTo(43 * 2_000 + 20 * 8_000);
        assertThat(receipt.path("price").asString()).isEqualTo("echo@" + RunningAtlas.TODAY);
        assertThat(steps(receipt)).containsExactly("estimate", "reserve", "attempt", "settle");
        JsonNode limit = receipt.path("steps").path(1).path("limits").path(0);
        assertThat(limit.path("id").asString()).isEqualTo("acme:tokens/day");
        assertThat(limit.path("amount").asLong()).isEqualTo(1_000);
        assertThat(limit.path("held_before").asLong()).isZero();
        assertThat(limit.path("taken").asLong()).isEqualTo(70);
        assertThat(receipt.path("steps").path(2).path("status").asInt()).isEqualTo(200);
    }

    @Test
    void aRefusedRequestHasAReceipt() throws Exception {
        JsonNode receipt = receipt(
                atlas.chat(KEY, Chat.ofTokens("echo", 50).maxTokens(2_000)).expect(400));

        assertShape(receipt);
        assertThat(receipt.path("outcome").asString()).isEqualTo("refused");
        assertThat(receipt.path("reason").asString()).isEqualTo("request_exceeds_limit");
        assertThat(receipt.path("served").isNull()).isTrue();
        assertUsage(receipt, 0, 0, "unknown");
        assertThat(receipt.path("cost_nano_usd").asLong()).isZero();
        assertThat(receipt.path("refused_cost_nano_usd").asLong()).isEqualTo(50 * 2_000 + 2_000 * 8_000);
        assertThat(steps(receipt)).containsExactly("estimate", "refuse", "advise");
        JsonNode limit = receipt.path("steps").path(1).path("limits").path(0);
        assertThat(limit.path("taken").asLong()).isEqualTo(2_050);
        assertThat(limit.path("reason").asString()).isEqualTo("request_exceeds_limit");
    }

    @Test
    void aReceiptProposesWhatTheRefusalProposed() throws Exception {
        Reply refused =
                atlas.chat(KEY, Chat.ofTokens("echo", 50).maxTokens(2_000)).expect(400);

        JsonNode advised = receipt(refused).path("steps").path(2);
        assertThat(refused.remedies()).containsExactly("reduce_max_tokens");
        assertThat(advised.path("remedies")).isEqualTo(refused.atlas().path("remedies"));
    }

    @Test
    void aFailedRequestHasAReceipt() throws Exception {
        JsonNode receipt = receipt(
                atlas.chat(KEY, Chat.of("error-500", "hello").maxTokens(20)).expect(502));

        assertShape(receipt);
        assertThat(receipt.path("outcome").asString()).isEqualTo("failed");
        assertThat(receipt.path("reason").asString()).isEqualTo("backend_error");
        assertThat(receipt.path("served").path("backend").asString()).isEqualTo("oracle");
        assertUsage(receipt, 0, 0, "unknown");
        assertThat(receipt.path("cost_nano_usd").asLong()).isZero();
        assertThat(steps(receipt)).contains("estimate", "reserve", "attempt", "advise");
        assertThat(receipt.path("steps").path(2).path("status").asInt()).isEqualTo(500);
    }

    @Test
    void aRequestForAModelOutsideTheTierHasAReceipt() throws Exception {
        JsonNode receipt = receipt(atlas.chat(KEY, Chat.of("expert", "hello")).expect(403));

        assertShape(receipt);
        assertThat(receipt.path("reason").asString()).isEqualTo("model_not_in_tier");
        assertThat(receipt.path("asked").path("model").asString()).isEqualTo("expert");
        assertThat(receipt.path("asked").path("max_tokens").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-of-the-other-team", "key-of-a-stranger"})
    void aReceiptIsNotForAnotherKey(String other) throws Exception {
        String id = atlas.chat(KEY, Chat.of("echo", "hello").maxTokens(20)).header("x-atlas-decision");

        Reply reply = atlas.get(other, "/v1/decisions/" + id).expect(404);

        assertThat(reply.body())
                .isEqualTo(atlas.get(other, "/v1/decisions/req_unheard-of")
                        .expect(404)
                        .body());
        atlas.get("key-of-nobody-at-all", "/v1/decisions/" + id).expect(401);
    }

    @Test
    void operatorsSeeTheSameReceiptAndBesideItWhatItCostUs() throws Exception {
        String id = atlas.chat(KEY, Chat.of("echo", "hello").maxTokens(20)).header("x-atlas-decision");

        ObjectNode seen = (ObjectNode)
                atlas.admin("/admin/v1/decisions/" + id).expect(200).json();
        assertThat(seen.remove("provider_cost_nano_usd").isNumber()).isTrue();
        assertThat(seen)
                .isEqualTo(atlas.get(KEY, "/v1/decisions/" + id).expect(200).json());
        atlas.admin("/admin/v1/decisions/req_unheard-of").expect(404);
    }

    @Test
    void operatorsFindTheRefusalsOfATeam() throws Exception {
        Chat greedy = Chat.ofTokens("echo", 50).maxTokens(5_000);
        String first = atlas.chat(KEY, greedy).header("x-atlas-decision");
        String second = atlas.chat(KEY, greedy).header("x-atlas-decision");
        atlas.chat(KEY, Chat.ofTokens("echo", 50).maxTokens(20)).expect(200);

        String question =
                "/admin/v1/decisions?team=search&outcome=refused&reason=request_exceeds_limit&since=1h&limit=1";
        JsonNode newest = atlas.admin(question).expect(200).json();
        JsonNode before = atlas.admin(
                        question + "&before=" + newest.path("next").asString())
                .expect(200)
                .json();

        assertThat(newest.path("rows").size()).isOne();
        assertThat(newest.at("/rows/0/id").asString()).isEqualTo(second);
        assertThat(newest.at("/rows/0/refused_cost_nano_usd").asLong()).isPositive();
        assertThat(before.at("/rows/0/id").asString()).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({
        "outcome=eaten, outcome: eaten (expected: served",
        "reason=hunger, reason: hunger (expected: invalid_api_key",
        "since=1y, since: 1y (expected: 1s to",
        "since=1h&from=2026-11-21, since: beside from",
        "to=yesterday, to: yesterday (expected: a date",
        "limit=1001, limit: 1001 (expected: 1 to 1000)",
        "before=1-2-3-4, before: 1-2-3-4 (expected: what an answer had as next)",
        "before=1-2-3, before: of a list with scope=all (expected: the same scope)",
        "scope=all, scope: all (expected: node",
        "taem=search, taem: unknown parameter (expected: one of backend"
    })
    void aQuestionThatIsNoneIsRefusedByName(String query, String complaint) throws Exception {
        JsonNode refusal =
                atlas.admin("/admin/v1/decisions?" + query).expect(400).json();

        assertThat(refusal.path("title").asString()).isEqualTo("invalid_query");
        assertThat(refusal.path("detail").asString()).startsWith(complaint);
    }

    private static JsonNode receipt(Reply reply) throws Exception {
        String id = reply.header("x-atlas-decision");
        JsonNode receipt = atlas.get(KEY, "/v1/decisions/" + id).expect(200).json();
        assertThat(receipt.path("id").asString()).isEqualTo(id);
        return receipt;
    }

    /** The fields of the contract's section 6, none missing. */
    private static void assertShape(JsonNode receipt) {
        assertThat(receipt.propertyNames())
                .contains("id", "at", "caller", "asked", "outcome", "reason", "served", "steps", "usage")
                .contains("cost_nano_usd", "price", "configuration");
        JsonNode caller = receipt.path("caller");
        assertThat(caller.propertyNames()).containsExactly("tenant", "team", "user", "key", "end_user", "tier");
        assertThat(caller.values().stream().map(JsonNode::asString))
                .containsExactly("acme", "search", "ada", "ci", "", "pro");
        assertThat(caller.path("end_user").isNull()).isTrue();
        JsonNode asked = receipt.path("asked");
        assertThat(asked.propertyNames()).containsExactly("dialect", "route", "model", "stream", "max_tokens", "tags");
        assertThat(asked.path("dialect").asString()).isEqualTo("openai");
        assertThat(asked.path("route").asString()).isEqualTo("/v1/chat/completions");
        assertThat(receipt.path("usage").propertyNames())
                .containsExactly("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens", "source");
        assertThat(receipt.path("configuration").asString()).matches("sha256:[0-9a-f]{64}");
        long last = 0;
        for (JsonNode step : receipt.path("steps").values()) {
            assertThat(step.path("after_us").asLong()).isGreaterThanOrEqualTo(last);
            last = step.path("after_us").asLong();
        }
    }

    private static void assertUsage(JsonNode receipt, long input, long output, String source) {
        JsonNode usage = receipt.path("usage");
        assertThat(usage.path("input_tokens").asLong()).isEqualTo(input);
        assertThat(usage.path("output_tokens").asLong()).isEqualTo(output);
        assertThat(usage.path("cached_input_tokens").asLong()).isZero();
        assertThat(usage.path("source").asString()).isEqualTo(source);
    }

    private static List<String> steps(JsonNode receipt) {
        return receipt.path("steps")
                .valueStream()
                .map(step -> step.path("step").asString())
                .toList();
    }
}
