package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What callers and operators read is what the upstream counted, at once; and reading costs nothing. */
@Timeout(60)
class ReadingsTest {
    private static final String ACME = "key-of-the-acme-team";
    private static final String HOBBY = "key-of-the-hobbyist";
    private static final List<String> SUMS = List.of(
            "requests",
            "charged_requests",
            "refused",
            "replayed",
            "input_tokens",
            "cached_input_tokens",
            "output_tokens",
            "reasoning_tokens",
            "cost_nano_usd",
            "credits",
            "provider_cost_nano_usd",
            "margin_nano_usd");
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              echo: { class: basic, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              words-5: { class: expert, price: { input: "1 USD", output: "4 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ echo, error-500 ], limits: [ { requests: 3, per: day }, { requests: 30, per: minute } ] }
              pro: { priority: 1, models: [ "*" ], limits: [ { tokens: 10k, per: day } ] }
            tenants:
              acme:
                tier: pro
                limits: [ { cost: "1 USD", per: month, lowWater: 10% } ]
                teams:
                  search:
                    limits: [ { tokens: 500, per: week, model: echo }, { concurrent: 8 } ]
                    keys: { ci: { secret: key-of-the-acme-team, limits: [ { outputTokens: 1k, per: hour, class: expert } ] } }
              hobby: { tier: free, keys: { app: { secret: key-of-the-hobbyist } } }
            """;

    private final OracleUpstream oracle = OracleUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start(@TempDir Path data) {
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void aCallerSeesItsOwnLimits() throws Exception {
        atlas.chat(ACME, Chat.ofTokens("echo", 50).maxTokens(20)).expect(200);

        JsonNode quota = atlas.get(ACME, "/v1/quota").expect(200).json();

        assertThat(quota.propertyNames())
                .containsExactly("at", "tenant", "team", "user", "key", "end_user", "tier", "limits");
        assertThat(quota.path("tenant").asString()).isEqualTo("acme");
        assertThat(quota.path("team").asString()).isEqualTo("search");
        assertThat(quota.path("user").isNull()).isTrue();
        assertThat(quota.path("limits")
                        .valueStream()
                        .map(limit -> limit.path("id").asString()))
                .containsExactly(
                        "acme:tokens/day",
                        "acme:cost/month",
                        "acme/search:tokens/week@echo",
                        "acme/search:concurrent",
                        "acme/search/keys/ci:outputTokens/hour#expert");
        JsonNode day = quota.path("limits").path(0);
        assertThat(day.propertyNames())
                .contains("id", "scope", "from", "kind", "unit", "amount", "per", "model", "class")
                .contains("used", "held", "remaining", "debt", "low_water", "low", "resets_at");
        assertThat(day.path("from").asString()).isEqualTo("tier");
        assertThat(day.path("scope").asString()).isEqualTo("tenant");
        assertThat(day.path("used").asLong()).isEqualTo(63);
        assertThat(day.path("remaining").asLong()).isEqualTo(10_000 - 63);
        assertThat(day.path("low_water").asLong()).isEqualTo(2_000);
        JsonNode month = quota.path("limits").path(1);
        assertThat(month.path("from").asString()).isEqualTo("tenant");
        assertThat(month.path("unit").asString()).isEqualTo("nano_usd");
        assertThat(month.path("used").asLong()).isEqualTo(43 * 2_000 + 20 * 8_000);
        assertThat(month.path("low_water").asLong()).isEqualTo(100_000_000);
        JsonNode week = quota.path("limits").path(2);
        assertThat(week.path("model").asString()).isEqualTo("echo");
        assertThat(week.path("class").isNull()).isTrue();
        assertThat(week.path("low").asBoolean()).isFalse();
        JsonNode slots = quota.path("limits").path(3);
        assertThat(slots.path("per").isNull()).isTrue();
        assertThat(slots.path("resets_at").isNull()).isTrue();
        JsonNode hour = quota.path("limits").path(4);
        assertThat(hour.path("scope").asString()).isEqualTo("key");
        assertThat(hour.path("class").asString()).isEqualTo("expert");
    }

    @Test
    void whatIsHeldIsSeenWhileItIsHeld() throws Exception {
        try (AutoCloseable _ =
                atlas.hanging(ACME, Chat.ofTokens("hang", 50).maxTokens(20).mark("held"))) {
            oracle.journal().await("held", Duration.ofSeconds(5));
            JsonNode limits = atlas.get(ACME, "/v1/quota").json().path("limits");

            assertThat(limits.path(0).path("held").asLong()).isEqualTo(70);
            assertThat(limits.path(0).path("used").asLong()).isZero();
            assertThat(limits.path(1).path("held").asLong()).isEqualTo(50 * 2_000 + 20 * 8_000);
            assertThat(limits.path(3).path("held").asLong()).isEqualTo(1);
            assertThat(limits.path(3).path("remaining").asLong()).isEqualTo(7);
        }
    }

    @Test
    void usageIsWhatTheUpstreamCounted() throws Exception {
        Instant before = Instant.now();
        atlas.chat(ACME, Chat.of("echo", "one two three").maxTokens(20)).expect(200);
        atlas.chat(ACME, Chat.of("echo", "four five").maxTokens(20).streamed()).expect(200);
        atlas.chat(ACME, Chat.of("words-5", "six").maxTokens(20)).expect(200);
        atlas.chat(ACME, Chat.of("echo", "seven").maxTokens(20_000)).expect(400);
        atlas.chat(HOBBY, Chat.of("echo", "eight nine").maxTokens(20)).expect(200);
        atlas.chat(HOBBY, Chat.of("error-500", "ten").maxTokens(20)).expect(502);
        atlas.chat(HOBBY, Chat.of("words-5", "eleven").maxTokens(20)).expect(403);

        JsonNode usage =
                atlas.admin("/admin/v1/usage?by=tenant,model").expect(200).json();

        assertThat(usage.propertyNames()).containsExactly("from", "to", "scope", "missing_records", "rows", "total");
        assertThat(Instant.parse(usage.path("from").asString())).isBefore(before);
        assertThat(Instant.parse(usage.path("to").asString())).isAfter(before);
        assertRow(usage, "acme", "echo", 2, 2, 1, 5, 5, 5 * 2_000 + 5 * 8_000);
        assertRow(usage, "acme", "words-5", 1, 1, 0, 1, 5, 1_000 + 5 * 4_000);
        assertRow(usage, "hobby", "echo", 1, 1, 0, 2, 2, 2 * 2_000 + 2 * 8_000);
        assertRow(usage, "hobby", "error-500", 1, 0, 0, 0, 0, 0);
        assertRow(usage, "hobby", "words-5", 0, 0, 1, 0, 0, 0);
        JsonNode total = usage.path("total");
        assertThat(total.propertyNames()).containsExactlyElementsOf(SUMS);
        assertThat(total.path("output_tokens").asLong()).isEqualTo(given(Entry::completionTokens));
        assertThat(total.path("input_tokens").asLong() + 1)
                .as("and the one that failed")
                .isEqualTo(given(Entry::promptTokens));
        for (String sum : SUMS) {
            assertThat(usage.path("rows")
                            .valueStream()
                            .mapToLong(row -> row.path(sum).asLong())
                            .sum())
                    .as(sum)
                    .isEqualTo(total.path(sum).asLong());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tenant", "team", "user", "key", "end_user", "tier", "model", "backend", "day", "hour"})
    void usageHasTheSameTotalByWhateverItIsGrouped(String dimension) throws Exception {
        atlas.chat(ACME, Chat.of("echo", "one two three").maxTokens(20)).expect(200);
        atlas.chat(HOBBY, Chat.of("echo", "four five").maxTokens(20)).expect(200);

        JsonNode usage =
                atlas.admin("/admin/v1/usage?by=" + dimension).expect(200).json();

        assertThat(usage.path("rows").path(0).propertyNames()).startsWith(dimension, "requests");
        assertThat(usage.path("total").path("requests").asLong()).isEqualTo(2);
        assertThat(usage.path("total").path("cost_nano_usd").asLong()).isEqualTo(5 * 10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"by=shoe", "by=tenant&from=yesterday", "by=tenant,tenant"})
    void aQuestionThatMakesNoSenseIsTold(String query) throws Exception {
        assertThat(atlas.admin("/admin/v1/usage?" + query).expect(400).body()).contains("expected: ");
    }

    /** A GET with a body is refused for that. */
    private static BodyPublisher body(String method) {
        return method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}");
    }

    @Test
    void readingIsNeverCharged() throws Exception {
        String decision =
                atlas.chat(HOBBY, Chat.of("echo", "hello").maxTokens(20)).header("x-atlas-decision");
        for (int i = 0; i < 5; i++) {
            atlas.get(HOBBY, "/v1/quota").expect(200);
            atlas.get(HOBBY, "/v1/models").expect(200);
            atlas.get(HOBBY, "/v1/models/echo").expect(200);
            atlas.get(HOBBY, "/v1/decisions/" + decision).expect(200);
        }

        JsonNode limits = atlas.get(HOBBY, "/v1/quota").json().path("limits");
        assertThat(limits.path(0).path("used").asLong()).isEqualTo(1);
        assertThat(limits.path(1).path("used").asLong()).isEqualTo(1);
        assertThat(atlas.admin("/admin/v1/usage")
                        .json()
                        .path("total")
                        .path("requests")
                        .asLong())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /",
        "GET, /v1",
        "GET, /v2/models",
        "GET, /v1/models/",
        "GET, /v1/MODELS",
        "GET, /metrics",
        "GET, /admin/v1/usage",
        "POST, /v1/responses",
        "POST, /v1/chat/completions/",
        "POST, /v1/files",
        "POST, /tokenize",
    })
    void aPathThatIsNotServedDoesNotExist(String method, String path) throws Exception {
        Reply reply = atlas.send(HOBBY, method, path, body(method));

        assertThat(reply.expect(404).code()).isEqualTo("not_found");
        assertThat(reply.json().path("error").path("type").asString()).isEqualTo("invalid_request_error");
        assertThat(oracle.journal().all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/chat/completions, POST",
        "PUT, /v1/chat/completions, POST",
        "DELETE, /v1/models/echo, GET",
        "POST, /v1/models, GET",
        "POST, /v1/quota, GET",
        "PATCH, /v1/decisions/req_1, GET",
        "POST, /livez, GET",
    })
    void anotherMethodIsNotAllowed(String method, String path, String allowed) throws Exception {
        Reply reply = atlas.send(HOBBY, method, path, body(method));

        assertThat(reply.expect(405).code()).isEqualTo("method_not_allowed");
        assertThat(reply.header("allow")).isEqualTo(allowed);
    }

    @Test
    void itSaysThatItIsAlive() throws Exception {
        assertThat(atlas.get("", "/livez").expect(200).body()).isEqualTo("ok\n");
        assertThat(atlas.get("", "/readyz").expect(200).body()).isEqualTo("ok\n");
    }

    private long given(ToLongFunction<Entry> what) {
        return oracle.journal().all().stream().mapToLong(what).sum();
    }

    private static void assertRow(JsonNode usage, String tenant, String model, long... sums) {
        JsonNode row = usage.path("rows")
                .valueStream()
                .filter(any -> any.path("tenant").asString().equals(tenant)
                        && any.path("model").asString().equals(model))
                .findFirst()
                .orElseThrow();
        assertThat(row.propertyNames()).startsWith("tenant", "model").containsAll(SUMS);
        List<Long> read = List.of(
                row.path("requests").asLong(),
                row.path("charged_requests").asLong(),
                row.path("refused").asLong(),
                row.path("input_tokens").asLong(),
                row.path("output_tokens").asLong(),
                row.path("cost_nano_usd").asLong());
        assertThat(read)
                .as(tenant + " " + model)
                .containsExactly(Arrays.stream(sums).boxed().toArray(Long[]::new));
    }
}
