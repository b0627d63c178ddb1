package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnexpectedStatusCodeException;
import com.openai.errors.UnprocessableEntityException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal reaches an application as the exception that OpenAI's client library has for it. */
@Timeout(60)
class SdkRefusalsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
              narrow: { type: vllm, url: "${oracle}", concurrency: 1, queue: 0 }
              gone: { type: vllm, url: "http://127.0.0.1:1" }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              narrow: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: narrow, model: hang } ] }
              gone: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: gone } ] }
              cut-5: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              expert: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-400: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-401: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-404: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-413: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-422: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-429: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-503: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free:
                models: [ echo, hang, narrow, gone, cut-5, error-400, error-401, error-404, error-413, error-422, error-429, error-500, error-503 ]
              pro: { priority: 1, models: [ "*" ] }
            tenants:
              free: { tier: free, keys: { app: { secret: key-without-limits } } }
              secretive: { tier: free, disclosure: minimal, keys: { app: { secret: key-of-the-secretive } } }
              left: { tier: free, keys: { app: { secret: key-that-has-expired, expires: 2020-01-01 } } }
              seconds: { tier: free, limits: [ { requests: 1, per: second } ], keys: { app: { secret: key-with-one-a-second } } }
              patient: { tier: free, limits: [ { requests: 1, per: second } ], keys: { app: { secret: key-of-the-patient } } }
              hours: { tier: free, limits: [ { tokens: 40, per: hour } ], keys: { app: { secret: key-with-some-an-hour } } }
              days: { tier: free, limits: [ { requests: 1, per: day } ], keys: { app: { secret: key-with-one-a-day } } }
              poor: { tier: free, limits: [ { cost: "0.0001 USD", per: month } ], keys: { app: { secret: key-of-the-poor-one } } }
              small: { tier: free, limits: [ { tokens: 30, per: day } ], keys: { app: { secret: key-of-the-small-one } } }
              sharing: { tier: free, limits: [ { requests: 1, per: day } ], keys: { app: { secret: key-of-the-sharing } } }
              lonely: { tier: free, limits: [ { concurrent: 1 } ], keys: { app: { secret: key-of-the-lonely-one } } }
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
    @ValueSource(strings = {"an-unknown-key-of-mine", "key-that-has-expired"})
    void aKeyThatIsNotGoodIsUnauthorized(String key) {
        UnauthorizedException refused = refused(UnauthorizedException.class, key, hello("echo"));

        assertSays(refused, 401, "invalid_request_error", "invalid_api_key");
        assertThat(refused.headers().values("x-atlas-decision")).isEmpty();
    }

    @Test
    void anUnknownModelIsNotFound() {
        assertSays(
                refused(NotFoundException.class, "key-without-limits", hello("unheard-of")),
                404,
                "invalid_request_error",
                "model_not_found");
    }

    @Test
    void aModelOutsideTheTierIsNotPermitted() {
        assertSays(
                refused(PermissionDeniedException.class, "key-without-limits", hello("expert")),
                403,
                "permission_error",
                "model_not_in_tier");
    }

    @Test
    void aModelOutsideTheTierIsUnknownWhereLittleIsDisclosed() {
        NotFoundException outside = refused(NotFoundException.class, "key-of-the-secretive", hello("expert"));

        assertSays(outside, 404, "invalid_request_error", "model_not_found");
        assertThat(outside.getMessage()).doesNotContain("tier");
    }

    @Test
    void aNumberOutOfRangeIsABadRequest() {
        BadRequestException refused = refused(
                BadRequestException.class,
                "key-without-limits",
                hello("echo").toBuilder().maxCompletionTokens(0).build());

        assertSays(refused, 400, "invalid_request_error", "invalid_max_completion_tokens");
        assertThat(refused.param()).contains("max_completion_tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"best_of", "priority", "chat_template"})
    void aDeniedFieldIsABadRequest(String field) {
        BadRequestException refused = refused(
                BadRequestException.class,
                "key-without-limits",
                hello("echo").toBuilder()
                        .putAdditionalBodyProperty(field, JsonValue.from(2))
                        .build());

        assertSays(refused, 400, "invalid_request_error", "invalid_" + field);
    }

    @ParameterizedTest
    @ValueSource(ints = {RunningAtlas.MAX_BODY_BYTES, 64 * RunningAtlas.MAX_BODY_BYTES})
    void aBodyThatIsTooLargeIsSaidToBe(int characters) {
        assertSays(
                refused(
                        UnexpectedStatusCodeException.class,
                        "key-without-limits",
                        Sdk.chat("echo", "x".repeat(characters)).build()),
                413,
                "invalid_request_error",
                "body_too_large");
    }

    @Test
    void whatCanNeverFitIsABadRequest() {
        assertSays(
                refused(
                        BadRequestException.class,
                        "key-of-the-small-one",
                        hello("echo").toBuilder().maxCompletionTokens(100).build()),
                400,
                "invalid_request_error",
                "request_exceeds_limit");
    }

    @Test
    void aRateLimitSaysWhenToComeBack() {
        RateLimitException refused = afterOne("key-with-one-a-second", hello("echo"));

        assertThat(refused.type()).contains("requests");
        assertThat(refused.code()).contains("rate_limit_exceeded");
        assertThat(refused.headers().values("retry-after")).containsExactly("1");
        assertThat(millis(refused)).isBetween(1L, 1_000L);
        assertThat(refused.headers().values("x-should-retry")).containsExactly("true");
    }

    @Test
    void aLongWaitIsNotToBeWaitedFor() {
        RateLimitException refused = afterOne(
                "key-with-some-an-hour",
                hello("echo").toBuilder().maxCompletionTokens(32).build());

        assertSays(refused, 429, "tokens", "rate_limit_exceeded");
        assertThat(millis(refused)).isBetween(60_000L, 3_600_000L);
    }

    @Test
    void aQuotaThatIsUsedUpIsInsufficient() {
        assertSays(afterOne("key-with-one-a-day", hello("echo")), 429, "insufficient_quota", "quota_exhausted");
    }

    @Test
    void aBudgetThatIsUsedUpIsInsufficient() {
        // 8 x 2 USD + 9 x 8 USD for a million of each: 0.000088 USD of 0.0001 USD are held, less are charged
        ChatCompletionCreateParams dear =
                hello("echo").toBuilder().maxCompletionTokens(9).build();
        RateLimitException refused = null;
        for (int i = 0; i < 20 && refused == null; i++) {
            refused = catchThrowableOfType(RateLimitException.class, () -> client("key-of-the-poor-one", dear));
        }
        assertThat(refused).isNotNull();
        assertSays(refused, 429, "insufficient_quota", "budget_exhausted");
    }

    @Test
    void aQuotaThatOthersHoldIsWorthAnotherTry() throws Exception {
        try (AutoCloseable _ = hanging("key-of-the-sharing", "hang")) {
            RateLimitException refused = refused(RateLimitException.class, "key-of-the-sharing", hello("echo"));

            assertThat(refused.type()).contains("requests");
            assertThat(refused.code()).contains("quota_reserved");
            assertThat(millis(refused)).isBetween(1L, 1_000L);
            assertThat(refused.headers().values("x-should-retry")).containsExactly("true");
        }
    }

    @Test
    void tooManyAtOnceIsARateLimit() throws Exception {
        try (AutoCloseable _ = hanging("key-of-the-lonely-one", "hang")) {
            RateLimitException refused = refused(RateLimitException.class, "key-of-the-lonely-one", hello("echo"));

            assertThat(refused.type()).contains("requests");
            assertThat(refused.code()).contains("concurrency_exceeded");
            assertThat(refused.headers().values("retry-after")).containsExactly("1");
        }
    }

    @Test
    void aFullQueueIsAnOverload() throws Exception {
        try (AutoCloseable _ = hanging("key-without-limits", "narrow")) {
            assertOverloaded(refused(InternalServerException.class, "key-without-limits", hello("narrow")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"error-429", "error-503"})
    void aBackendThatHasTooMuchToDoIsAnOverload(String model) {
        assertOverloaded(refused(InternalServerException.class, "key-without-limits", hello(model)));
    }

    @Test
    void aBackendThatIsNotThereIsUnavailable() {
        InternalServerException refused = refused(InternalServerException.class, "key-without-limits", hello("gone"));

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.type()).contains("server_error");
        assertThat(refused.code()).contains("backend_unavailable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"error-500", "error-401", "error-404", "cut-5"})
    void aBackendThatFailsIsABadGateway(String model) {
        InternalServerException refused = refused(InternalServerException.class, "key-without-limits", hello(model));

        assertThat(refused.statusCode()).isEqualTo(502);
        assertThat(refused.type()).contains("server_error");
        assertThat(refused.code()).contains("backend_error");
        assertThat(refused.getMessage()).doesNotContain("oracle");
    }

    @ParameterizedTest
    @CsvSource({"error-400,400", "error-413,413", "error-422,422"})
    void whatABackendRejectsIsTheCallersToMend(String model, int status) {
        Class<? extends OpenAIServiceException> expected = switch (status) {
            case 400 -> BadRequestException.class;
            case 422 -> UnprocessableEntityException.class;
            default -> UnexpectedStatusCodeException.class;
        };
        OpenAIServiceException refused = refused(expected, "key-without-limits", hello(model));

        assertSays(refused, status, "invalid_request_error", "backend_rejected");
        assertThat(refused.getMessage()).contains("the oracle says " + status);
    }

    @Test
    void aStreamThatBreaksIsAnErrorAndNotAnEnd() {
        OpenAIClient client = Sdk.client(atlas.uri(), "key-without-limits");
        SseException broken = catchThrowableOfType(SseException.class, () -> Sdk.stream(client, hello("cut-5")));
        client.close();

        assertThat(broken.code()).contains("stream_broken");
        assertThat(broken.type()).contains("server_error");
    }

    @Test
    void theLibrarysOwnRetryPassesAfterAShortRateLimit() throws Exception {
        OpenAIClient client = Sdk.builder(atlas.uri())
                .apiKey("key-of-the-patient")
                .maxRetries(3)
                .build();
        for (int i = 0; i < 3; i++) {
            client.chat()
                    .completions()
                    .create(Sdk.marked("patient", "echo", "hello").build());
        }
        client.close();

        assertThat(oracle.journal().of("patient")).hasSize(3);
        assertThat(atlas.admin("/admin/v1/usage?by=tenant")
                        .json()
                        .path("rows")
                        .valueStream()
                        .filter(row -> row.path("tenant").asString().equals("patient")))
                .singleElement()
                .satisfies(row -> assertThat(row.path("refused").asInt()).isBetween(2, 6));
    }

    private static void assertOverloaded(InternalServerException refused) {
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.type()).contains("server_error");
        assertThat(refused.code()).contains("overloaded");
        assertThat(refused.headers().values("retry-after")).containsExactly("1");
    }

    /** What a library sees of a refusal that it must not try again. */
    private static void assertSays(OpenAIServiceException refused, int status, String type, String code) {
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(refused.type()).isEqualTo(Optional.of(type));
        assertThat(refused.code()).isEqualTo(Optional.of(code));
        assertThat(refused.headers().values("x-should-retry")).isEqualTo(List.of("false"));
        assertThat(refused.headers().values("x-request-id")).hasSize(1);
    }

    private static long millis(OpenAIServiceException refused) {
        return Long.parseLong(refused.headers().values("retry-after-ms").getFirst());
    }

    private static ChatCompletionCreateParams hello(String model) {
        return Sdk.chat(model, "hello").build();
    }

    private static RateLimitException afterOne(String key, ChatCompletionCreateParams params) {
        client(key, params);
        return refused(RateLimitException.class, key, params);
    }

    private static <T extends OpenAIServiceException> T refused(
            Class<T> expected, String key, ChatCompletionCreateParams params) {
        T refused = catchThrowableOfType(expected, () -> client(key, params));
        assertThat(refused).as("refusal").isNotNull();
        return refused;
    }

    private static void client(String key, ChatCompletionCreateParams params) {
        OpenAIClient client = Sdk.client(atlas.uri(), key);
        try {
            client.chat().completions().create(params);
        } finally {
            client.close();
        }
    }

    /** A request that the upstream has and will not answer. */
    private static AutoCloseable hanging(String key, String model) throws InterruptedException {
        String mark = "hanging-" + key;
        AutoCloseable open = atlas.hanging(key, Chat.of(model, "hello").mark(mark));
        oracle.journal().await(mark, PATIENCE);
        return open;
    }
}
