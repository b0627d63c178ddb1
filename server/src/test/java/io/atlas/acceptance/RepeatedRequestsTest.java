package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A request that comes again costs once: by the name that its caller gave it, or by what its library says of it. */
@Timeout(60)
class RepeatedRequestsTest {
    private static final String KEY = "key-of-an-application";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}", health: { failures: 1M } }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              slow-20-50: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              words-20000: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-400: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              hang: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ "*" ] }
            tenants:
              acme:
                tier: pro
                limits: [ { tokens: 100M, per: day } ]
                keys: { app: { secret: key-of-an-application }, other: { secret: key-of-another-application } }
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
    void aNamedRequestIsServedOnceAndAnsweredAgain(boolean streamed) throws Exception {
        Chat chat = chat("echo", streamed);
        Map<String, String> headers = named("again-" + chat.mark());

        Reply first = atlas.chat(headers, chat).expect(200);
        Reply second = atlas.chat(headers, chat).expect(200);

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(second.header("x-atlas-model")).isEqualTo("echo");
        assertThat(first.maybe("idempotent-replayed")).isEmpty();
        assertThat(second.header("idempotent-replayed")).isEqualTo("true");
        assertThat(second.header("x-atlas-decision")).isNotEqualTo(first.header("x-atlas-decision"));
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void anAnswerGivenAgainHasAReceiptThatSaysWhose() throws Exception {
        Chat chat = chat("echo", false);
        Map<String, String> headers = named("receipt-" + chat.mark());
        Reply first = atlas.chat(headers, chat).expect(200);
        Reply second = atlas.chat(headers, chat).expect(200);

        JsonNode receipt = receipt(second);

        assertThat(receipt.path("outcome").asString()).isEqualTo("served");
        assertThat(receipt.path("served").path("backend").asString()).isEqualTo("oracle");
        assertThat(receipt.path("cost_nano_usd").asLong(-1)).isZero();
        assertThat(receipt.path("usage").path("source").asString()).isEqualTo("unknown");
        assertThat(receipt.path("steps")).hasSize(1);
        JsonNode step = receipt.path("steps").path(0);
        assertThat(step.path("step").asString()).isEqualTo("replay");
        assertThat(step.path("of").asString()).isEqualTo(first.header("x-atlas-decision"));
        assertThat(step.path("how").asString()).isEqualTo("replayed");
        assertThat(receipt(first).path("cost_nano_usd").asLong()).isPositive();
        assertThat(second.header("x-atlas-cost-usd")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNamedRequestJoinsTheOneOnItsWay(boolean streamed) throws Exception {
        Chat chat = chat("slow-20-50", streamed);
        Map<String, String> headers = named("join-" + chat.mark());
        List<CompletableFuture<Reply>> all = IntStream.range(0, 5)
                .mapToObj(_ -> atlas.chatLater(headers, chat))
                .toList();

        List<Reply> replies = all.stream().map(CompletableFuture::join).toList();

        assertThat(replies).allMatch(reply -> reply.status() == 200);
        assertThat(replies.stream().map(Reply::body).distinct()).hasSize(1);
        if (streamed) {
            assertThat(replies.getFirst().events()).endsWith("[DONE]").hasSizeGreaterThan(20);
        }
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
        assertThat(replies.stream().map(RepeatedRequestsTest::cost).filter(cost -> cost > 0))
                .hasSize(1);
    }

    @Test
    void aNameIsOfOneBody() throws Exception {
        Map<String, String> headers = named("one-body");
        atlas.chat(headers, chat("echo", false)).expect(200);

        Reply other = atlas.chat(headers, chat("echo", false)).expect(422);

        assertThat(other.code()).isEqualTo("idempotency_mismatch");
        assertThat(other.header("x-should-retry")).isEqualTo("false");
        assertThat(other.remedy("fix_request").orElseThrow().path("param").asString())
                .isEqualTo("Idempotency-Key");
    }

    @Test
    void aNameIsOfOneBodyWhileItIsOnItsWayToo() throws Exception {
        Map<String, String> headers = named("one-body-in-flight");
        Chat chat = chat("slow-20-50", false);
        CompletableFuture<Reply> first = atlas.chatLater(headers, chat);
        oracle.journal().await(chat.mark(), PATIENCE);

        atlas.chat(headers, chat("echo", false)).expect(422);

        first.join().expect(200);
    }

    @Test
    void aNameIsOfOneKey() throws Exception {
        Chat chat = chat("echo", false);
        atlas.chat(named("one-key"), chat).expect(200);

        atlas.chat(Map.of("authorization", "Bearer key-of-another-application", "idempotency-key", "one-key"), chat)
                .expect(200);

        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
    }

    @Test
    void aFailureIsNotRemembered() throws Exception {
        Chat chat = chat("error-500", false);

        atlas.chat(named("failure"), chat).expect(502);
        Reply second = atlas.chat(named("failure"), chat).expect(502);

        assertThat(second.maybe("idempotent-replayed")).isEmpty();
        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
    }

    @Test
    void anAnswerThatIsTooLargeToBeKeptIsNotServedTwice() throws Exception {
        Chat chat = chat("words-20000", true);
        Reply first = atlas.chat(named("large"), chat).expect(200);
        assertThat(first.body().length()).isGreaterThan(1 << 20);
        assertThat(first.events()).endsWith("[DONE]");

        Reply second = atlas.chat(named("large"), chat).expect(409);

        assertThat(second.code()).isEqualTo("idempotency_in_flight");
        assertThat(second.body()).contains("use another key");
        assertThat(second.header("x-should-retry")).isEqualTo("false");
        assertThat(second.header("retry-after")).isEqualTo("86400");
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoLeavesANamedRequestFindsItsAnswerLater(boolean streamed) throws Exception {
        Chat chat = chat("slow-20-50", streamed);
        Map<String, String> headers = named("left-" + chat.mark());
        CompletableFuture<Reply> first = atlas.chatLater(headers, chat);
        Entry entry = oracle.journal().await(chat.mark(), PATIENCE);
        first.cancel(true);

        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Entry.Ending.FINISHED);
        Reply second = atlas.chat(headers, chat).expect(200);

        assertThat(second.body()).contains("stop");
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void whatIsNoNameIsRefused() throws Exception {
        for (String key : List.of("", "a b", "a".repeat(256))) {
            Reply reply = atlas.chat(named(key), chat("echo", false)).expect(400);

            assertThat(reply.code()).isEqualTo("invalid_idempotency_key");
        }
    }

    @Test
    void aRetryOfALibraryJoinsTheOneOnItsWay() throws Exception {
        Chat chat = chat("slow-20-50", false);
        CompletableFuture<Reply> first = atlas.chatLater(counted(0), chat);
        oracle.journal().await(chat.mark(), PATIENCE);

        Reply retry = atlas.chat(counted(1), chat).expect(200);

        assertThat(retry.body()).isEqualTo(first.join().expect(200).body());
        assertThat(receipt(retry).path("steps").path(0).path("how").asString()).isEqualTo("joined");
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRetryOfALibraryGetsTheAnswerThatItMissed(boolean streamed) throws Exception {
        Chat chat = chat("echo", streamed);
        Reply first = atlas.chat(counted(0), chat).expect(200);

        Reply retry = atlas.chat(counted(1), chat).expect(200);

        assertThat(retry.body()).isEqualTo(first.body());
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void aLibraryThatGaveUpTooEarlyIsServedByItsRetry() throws Exception {
        Chat chat = chat("slow-20-50", false);
        CompletableFuture<Reply> first = atlas.chatLater(counted(0), chat);
        Entry entry = oracle.journal().await(chat.mark(), PATIENCE);
        first.cancel(true);

        Reply retry = atlas.chat(counted(1), chat).expect(200);

        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Entry.Ending.FINISHED);
        assertThat(retry.header("idempotent-replayed")).isEqualTo("true");
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    /** The first answer was had; the retry is of the second question, which may have been refused. */
    @Test
    void aRetryDoesNotGetTheAnswerOfAQuestionBefore() throws Exception {
        Chat chat = chat("echo", false);
        String first = atlas.chat(counted(0), chat).expect(200).header("x-atlas-decision");
        String second = atlas.chat(counted(0), chat).expect(200).header("x-atlas-decision");

        Reply retry = atlas.chat(counted(1), chat).expect(200);

        JsonNode step = receipt(retry).path("steps").path(0);
        assertThat(step.path("of").asString()).isEqualTo(second).isNotEqualTo(first);
    }

    @Test
    void aRetryOfOneOfTwoIsServedForItself() throws Exception {
        Chat chat = chat("slow-20-50", false);
        CompletableFuture<Reply> one = atlas.chatLater(counted(0), chat);
        oracle.journal().await(chat.mark(), PATIENCE);
        CompletableFuture<Reply> two = atlas.chatLater(counted(0), chat);
        await(() -> oracle.journal().of(chat.mark()).size() == 2);

        atlas.chat(counted(1), chat).expect(200);

        one.join().expect(200);
        two.join().expect(200);
        assertThat(oracle.journal().of(chat.mark())).hasSize(3);
    }

    /** Its own back-off, its own headers: the first try ends after 0.6 s, the answer takes one, the second finds it. */
    @Test
    void openAisLibraryIsServedByItsRetry() throws Exception {
        String mark = UUID.randomUUID().toString();
        OpenAIClient client = Sdk.builder(atlas.uri())
                .apiKey(KEY)
                .maxRetries(2)
                .timeout(Duration.ofMillis(600))
                .build();
        ChatCompletion answer = client.chat()
                .completions()
                .create(Sdk.marked(mark, "slow-20-50", "once").build());
        client.close();

        assertThat(answer.choices()).hasSize(1);
        assertThat(oracle.journal().of(mark)).hasSize(1);
    }

    @Test
    void whatNobodyTriesAgainIsGivenUpASecondLater() throws Exception {
        Chat chat = chat("hang", false);
        CompletableFuture<Reply> first = atlas.chatLater(counted(0), chat);
        Entry entry = oracle.journal().await(chat.mark(), PATIENCE);
        first.cancel(true);

        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Entry.Ending.LEFT);
    }

    @Test
    void theSameQuestionAskedAgainIsServedAgain() throws Exception {
        Chat chat = chat("echo", false);
        for (int i = 0; i < 50; i++) {
            atlas.chat(i % 2 == 0 ? Map.of("authorization", "Bearer " + KEY) : counted(0), chat)
                    .expect(200);
        }

        assertThat(oracle.journal().of(chat.mark())).hasSize(50);
    }

    @Test
    void whatABackendRejectsIsNoStorm() throws Exception {
        Chat chat = chat("error-400", false);
        for (int i = 0; i < 10; i++) {
            atlas.chat(KEY, chat).expect(400);
        }
    }

    @Test
    void theSameFailureAgainAndAgainHasToWaitLongerEachTime() throws Exception {
        Chat chat = chat("error-500", false);
        for (int i = 0; i < 3; i++) {
            atlas.chat(KEY, chat).expect(502);
        }

        Reply storm = atlas.chat(KEY, chat).expect(429);
        Reply later = atlas.chat(KEY, chat).expect(429);

        assertThat(storm.code()).isEqualTo("retry_storm");
        assertThat(storm.json().path("error").path("type").asString()).isEqualTo("requests");
        assertThat(storm.header("x-should-retry")).isEqualTo("true");
        assertThat(storm.remedies()).containsExactly("wait");
        assertThat(Long.parseLong(storm.header("retry-after-ms"))).isBetween(1L, 1_000L);
        assertThat(Long.parseLong(later.header("retry-after-ms"))).isEqualTo(2_000);
        assertThat(receipt(storm).path("reason").asString()).isEqualTo("retry_storm");
        assertThat(oracle.journal().of(chat.mark())).hasSize(3);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_000));
        atlas.chat(KEY, chat).expect(502);
    }

    @Test
    void anAnswerIsNotGivenAgainWithoutEnd() throws Exception {
        Chat chat = chat("echo", false);
        Map<String, String> headers = named("without-end");
        for (int i = 0; i < 21; i++) {
            atlas.chat(headers, chat).expect(200);
        }

        assertThat(atlas.chat(headers, chat).expect(429).code()).isEqualTo("retry_storm");
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static Chat chat(String model, boolean streamed) {
        String mark = UUID.randomUUID().toString();
        Chat chat = Chat.of(model, "one of " + mark).maxTokens(30_000).mark(mark);
        return streamed ? chat.streamed() : chat;
    }

    private static Map<String, String> named(String name) {
        return Map.of("authorization", "Bearer " + KEY, "idempotency-key", name);
    }

    private static Map<String, String> counted(int retries) {
        return Map.of("authorization", "Bearer " + KEY, "x-stainless-retry-count", Integer.toString(retries));
    }

    private static JsonNode receipt(Reply reply) throws Exception {
        return atlas.get(KEY, "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json();
    }

    private static long cost(Reply reply) {
        try {
            return receipt(reply).path("cost_nano_usd").asLong(-1);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
