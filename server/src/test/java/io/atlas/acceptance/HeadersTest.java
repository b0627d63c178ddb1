package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer says of itself beside its body. */
@Timeout(60)
class HeadersTest {
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              echo: { maxOutput: 500, defaultOutput: 40, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              words-3: { context: 1k, maxOutput: 900, defaultOutput: 900, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-503: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ], limits: [ { requests: 10, per: minute }, { tokens: 1k, per: day }, { tokens: 5k, per: minute }, { cost: "1 USD", per: month }, { concurrent: 5 } ] }
              open: { models: [ "*" ] }
            tenants:
              whole: { tier: free, keys: { app: { secret: key-of-the-whole-one } } }
              streamed: { tier: free, keys: { app: { secret: key-of-the-streamed } } }
              refused: { tier: free, keys: { app: { secret: key-of-the-refused } } }
              hasty: { tier: open, limits: [ { requests: 1, per: minute }, { tokens: 1k, per: day } ], keys: { app: { secret: key-of-the-hasty-one } } }
              poor: { tier: open, limits: [ { requests: 10, per: minute }, { cost: "0.000001 USD", per: day } ], keys: { app: { secret: key-of-the-poor-one } } }
              vast: { tier: open, limits: [ { tokens: 9_000_000G, per: day } ], keys: { app: { secret: key-of-the-vast-one } } }
              open: { tier: open, keys: { app: { secret: key-without-limits } } }
            """;

    /** A member of a structured field's list (RFC 9651): a string with parameters that are integers or strings. */
    private static final Pattern MEMBER = Pattern.compile(
            "\"([ !#-\\[\\]-~]*)\"((?:;[a-z*][a-z0-9_.*-]*=(?:[0-9]{1,15}|\"[ !#-\\[\\]-~]*\"))*)(, |$)");

    private static final String GO_DURATION = "(\\d+h)?(\\d+m)?\\d+(\\.\\d+)?s|\\d+ms";

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

    @Test
    void anAnswerSaysWhatItIs() throws Exception {
        String key = "key-without-limits";
        Reply reply =
                atlas.chat(key, Chat.of("echo", "two words").maxTokens(20)).expect(200);

        assertThat(reply.header("x-request-id")).startsWith("req_");
        assertThat(reply.header("x-atlas-model")).isEqualTo("echo");
        assertThat(reply.maybe("x-atlas-max-tokens")).as("kept as asked").isEmpty();
        long nanoUsd = atlas.get(key, "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json()
                .path("cost_nano_usd")
                .asLong();
        assertThat(nanoUsd).isEqualTo(2 * 2_000 + 2 * 8_000);
        assertThat(new BigDecimal(reply.header("x-atlas-cost-usd")))
                .isEqualByComparingTo(BigDecimal.valueOf(nanoUsd, 9));
    }

    @Test
    void everyRequestHasItsOwnId() throws Exception {
        Chat chat = Chat.of("echo", "hello");
        Reply one = atlas.chat("key-without-limits", chat);
        Reply other = atlas.chat("key-without-limits", chat);

        assertThat(one.header("x-request-id")).isNotEqualTo(other.header("x-request-id"));
        assertThat(one.header("x-atlas-decision")).isNotEqualTo(other.header("x-atlas-decision"));
        assertThat(oracle.journal().all())
                .extracting(entry -> entry.headers().get("x-request-id"))
                .contains(one.header("x-request-id"), other.header("x-request-id"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/models",
        "GET, /v1/models/none",
        "GET, /v1/quota",
        "GET, /v1/decisions/none",
        "GET, /v1/none",
        "GET, /v1/chat/completions",
        "GET, /livez"
    })
    void everyAnswerHasAnId(String method, String path) throws Exception {
        Reply reply = atlas.send("key-without-limits", method, path, BodyPublishers.noBody());

        assertThat(reply.header("x-request-id")).startsWith("req_");
    }

    @Test
    void theOutputIsBoundedByWhatTheContextHasRoomFor() throws Exception {
        Reply reply = atlas.chat(
                        "key-without-limits",
                        Chat.of("words-3", "word ".repeat(300)).mark("narrow"))
                .expect(200);

        long told = Long.parseLong(reply.header("x-atlas-max-tokens"));
        assertThat(told).isBetween(650L, 700L);
        assertThat(oracle.journal().of("narrow").getFirst().body()).contains("\"max_tokens\":" + told);
    }

    @ParameterizedTest
    @CsvSource({"9000, 500", "0, 40"})
    void aChangedBoundOfTheOutputIsTold(long asked, String told) throws Exception {
        Chat chat = Chat.of("echo", "hello").mark("bound-" + asked);
        Reply reply = atlas.chat("key-without-limits", asked > 0 ? chat.maxTokens(asked) : chat)
                .expect(200);

        assertThat(reply.header("x-atlas-max-tokens")).isEqualTo(told);
        assertThat(oracle.journal().of("bound-" + asked).getFirst().body()).contains("\"max_tokens\":" + told);
    }

    @Test
    void aWholeAnswerSaysHowItsCallerStands() throws Exception {
        assertFirstStanding(
                atlas.chat("key-of-the-whole-one", Chat.ofTokens("echo", 50).maxTokens(60)), "whole");
    }

    @Test
    void aStreamSaysHowItsCallerStands() throws Exception {
        Reply reply = atlas.chat(
                "key-of-the-streamed", Chat.ofTokens("echo", 50).maxTokens(60).streamed());

        assertFirstStanding(reply, "streamed");
        assertThat(reply.header("content-type")).startsWith("text/event-stream");
        assertThat(reply.events().getLast()).isEqualTo("[DONE]");
        assertThat(reply.maybe("x-atlas-cost-usd")).isEmpty();
        assertThat(atlas.get("key-of-the-streamed", "/v1/decisions/" + reply.header("x-atlas-decision"))
                        .json()
                        .path("cost_nano_usd")
                        .asLong())
                .isEqualTo(43 * 2_000 + 43 * 8_000);
    }

    @Test
    void aRefusalByOneLimitSaysHowAllStand() throws Exception {
        String key = "key-of-the-hasty-one";
        atlas.chat(key, Chat.ofTokens("echo", 50).maxTokens(60)).expect(200);
        Reply reply = atlas.chat(key, Chat.ofTokens("echo", 50).maxTokens(60)).expect(429);

        assertThat(reply.header("x-ratelimit-limit-requests")).isEqualTo("1");
        assertThat(reply.header("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(reply.header("x-ratelimit-reset-requests"))
                .matches(GO_DURATION)
                .isNotEqualTo("0s");
        assertThat(reply.header("x-ratelimit-limit-tokens")).isEqualTo("1000");
        assertThat(reply.header("x-ratelimit-remaining-tokens")).isEqualTo(Integer.toString(1_000 - 2 * 43));
        assertThat(parsed(reply.header("ratelimit-policy")))
                .containsOnlyKeys("hasty:requests/minute", "hasty:tokens/day");
        assertThat(parsed(reply.header("ratelimit"))).containsOnlyKeys("hasty:requests/minute", "hasty:tokens/day");
        assertThat(Long.parseLong(reply.header("retry-after-ms"))).isBetween(50_000L, 60_000L);
        assertThat(Long.parseLong(reply.header("retry-after"))).isBetween(50L, 60L);
        assertThat(reply.header("x-should-retry")).isEqualTo("true");
    }

    @Test
    void aRefusalByABudgetSaysHowTheOthersStand() throws Exception {
        Reply reply =
                atlas.chat("key-of-the-poor-one", Chat.of("echo", "hello")).expect(400);

        assertThat(reply.code()).isEqualTo("request_exceeds_limit");
        assertThat(reply.header("x-ratelimit-remaining-requests")).isEqualTo("10");
        assertThat(parsed(reply.header("ratelimit"))).containsOnlyKeys("poor:requests/minute");
        assertThat(reply.header("x-should-retry")).isEqualTo("false");
        assertThat(reply.maybe("retry-after")).isEmpty();
        assertThat(reply.maybe("retry-after-ms")).isEmpty();
    }

    @Test
    void anAmountThatIsTooLongForAStructuredFieldIsCutToTheLongest() throws Exception {
        Reply reply =
                atlas.chat("key-of-the-vast-one", Chat.of("echo", "hello")).expect(200);

        assertThat(parsed(reply.header("ratelimit-policy")).get("vast:tokens/day"))
                .containsEntry("q", "999999999999999");
        assertThat(parsed(reply.header("ratelimit")).get("vast:tokens/day")).containsEntry("r", "999999999999999");
        assertThat(reply.header("x-ratelimit-limit-tokens")).isEqualTo("9000000000000000");
    }

    @Test
    void anErrorSaysWhatItIs() throws Exception {
        Reply failed =
                atlas.chat("key-without-limits", Chat.of("error-500", "hello")).expect(502);
        Reply busy =
                atlas.chat("key-without-limits", Chat.of("error-503", "hello")).expect(503);
        Reply wrong = atlas.chat("key-without-limits", Chat.of("echo", "hello").with("\"n\":0"))
                .expect(400);

        assertThat(failed.header("x-atlas-decision"))
                .isEqualTo(failed.atlas().path("decision").asString());
        assertThat(failed.maybe("retry-after")).isEmpty();
        assertThat(failed.maybe("x-should-retry")).isEmpty();
        assertThat(busy.header("retry-after")).isEqualTo("1");
        assertThat(busy.header("retry-after-ms")).isEqualTo("1000");
        assertThat(busy.header("x-should-retry")).isEqualTo("true");
        assertThat(wrong.header("x-should-retry")).isEqualTo("false");
        assertThat(wrong.remedy("fix_request").orElseThrow().path("param").asString())
                .isEqualTo("n");
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, 415, unsupported_media_type",
        "application/jsonfoo, 415, unsupported_media_type",
        "application/json; charset=utf-8, 400, invalid_stream"
    })
    void whatIsNotJsonIsRefused(String type, int status, String code) throws Exception {
        Reply reply = atlas.chat(
                Map.of("authorization", "Bearer key-without-limits", "content-type", type),
                Chat.of("echo", "hello").with("\"stream\":true,\"stream\":false"));

        assertThat(reply.expect(status).code()).isEqualTo(code);
        assertThat(reply.header("x-should-retry")).isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic a2V5OmtleQ==", "Bearer", "Bearer key-of-nobody-at-all"})
    void whoeverHasNoKeyGetsTheSameAnswer(String credential) throws Exception {
        Reply reply = atlas.chat(
                credential.isEmpty() ? Map.of() : Map.of("authorization", credential), Chat.of("echo", "hello"));
        Reply other = atlas.chat("another-unknown-key", Chat.of("echo", "hello"));

        assertThat(reply.expect(401).body()).isEqualTo(other.expect(401).body());
        assertThat(reply.maybe("x-atlas-decision")).isEmpty();
    }

    @Test
    void aHeadThatIsTooLargeIsRefusedInTheSameWords() throws Exception {
        Reply head = atlas.chat(
                Map.of("authorization", "Bearer key-without-limits", "x-much", "a".repeat(40_000)),
                Chat.of("echo", "hello"));
        Reply line = atlas.send("key-without-limits", "GET", "/v1/" + "a".repeat(9_000), BodyPublishers.noBody());

        assertThat(head.expect(431).code()).isEqualTo("head_too_large");
        assertThat(line.expect(414).code()).isEqualTo("uri_too_long");
        assertThat(line.header("x-should-retry")).isEqualTo("false");
    }

    /** How a tenant of the tier stands after its first request of 50 + 60 tokens. */
    private static void assertFirstStanding(Reply reply, String tenant) {
        reply.expect(200);
        assertThat(reply.header("x-ratelimit-limit-requests")).isEqualTo("10");
        assertThat(reply.header("x-ratelimit-remaining-requests")).isEqualTo("9");
        assertThat(reply.header("x-ratelimit-reset-requests"))
                .matches(GO_DURATION)
                .isNotEqualTo("0s");
        assertThat(reply.header("x-ratelimit-limit-tokens")).as("of the fuller").isEqualTo("1000");
        assertThat(reply.header("x-ratelimit-remaining-tokens")).isEqualTo("890");
        assertThat(reply.header("x-ratelimit-reset-tokens"))
                .matches(GO_DURATION)
                .isNotEqualTo("0s");

        Map<String, Map<String, String>> policy = parsed(reply.header("ratelimit-policy"));
        assertThat(policy)
                .containsEntry(tenant + ":requests/minute", Map.of("q", "10", "w", "60"))
                .containsEntry(tenant + ":tokens/day", Map.of("q", "1000", "w", "86400", "qu", "\"tokens\""))
                .containsEntry(tenant + ":tokens/minute", Map.of("q", "5000", "w", "60", "qu", "\"tokens\""))
                .hasSize(3);
        Map<String, Map<String, String>> state = parsed(reply.header("ratelimit"));
        assertThat(state).containsOnlyKeys(policy.keySet());
        assertThat(state.get(tenant + ":requests/minute"))
                .containsEntry("r", "9")
                .containsEntry("t", "6");
        assertThat(state.get(tenant + ":tokens/day")).containsEntry("r", "890");
        assertThat(state.get(tenant + ":tokens/minute")).containsEntry("r", "4890");
    }

    /** The parameters of each member of a structured field. */
    private static Map<String, Map<String, String>> parsed(String field) {
        Map<String, Map<String, String>> members = new LinkedHashMap<>();
        Matcher member = MEMBER.matcher(field);
        int at = 0;
        while (at < field.length()) {
            assertThat(member.find(at) && member.start() == at)
                    .as(field.substring(at))
                    .isTrue();
            Map<String, String> parameters = new LinkedHashMap<>();
            for (String parameter : member.group(2).split(";", -1)) {
                if (!parameter.isEmpty()) {
                    String[] parts = parameter.split("=", 2);
                    parameters.put(parts[0], parts[1]);
                }
            }
            members.put(member.group(1), parameters);
            at = member.end();
        }
        return members;
    }
}
