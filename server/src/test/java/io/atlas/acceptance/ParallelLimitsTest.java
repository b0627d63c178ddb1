package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** However many ask at once, a limit is neither passed nor left unused. */
@Timeout(120)
class ParallelLimitsTest {
    private static final int AT_ONCE = 200;
    private static final int ROUNDS = 20;

    /** 43 words, which the upstream counts and answers by 3 words; held is {@link Chat#TEMPLATE_TOKENS} more, and the cap. */
    private static final Chat CHAT = Chat.ofTokens("slow-3-5", 50);

    private static final String CONFIGURATION = """
            limits: [ { requests: 1M, per: day } ]
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              slow-3-5:
                defaultOutput: 60
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle } ]
              words-3:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle } ]
              deep:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle, model: words-3 } ]
                limits: [ { tokens: 1M, per: day } ]
            tiers:
              free: { models: [ "*" ] }
            tenants:
              tokens-capped: { tier: free, limits: [ { tokens: 2250, per: day } ], keys: { app: { secret: key-of-tokens-capped } } }
              tokens-open: { tier: free, limits: [ { tokens: 2250, per: day } ], keys: { app: { secret: key-of-tokens-open } } }
              money-capped: { tier: free, limits: [ { cost: "0.0117 USD", per: day } ], keys: { app: { secret: key-of-money-capped } } }
              money-open: { tier: free, limits: [ { cost: "0.0117 USD", per: day } ], keys: { app: { secret: key-of-money-open } } }
              deep:
                tier: free
                limits: [ { cost: "1 USD", per: month }, { concurrent: 10 } ]
                teams:
                  search:
                    limits: [ { outputTokens: 10k, per: week } ]
                    users: { ada: { limits: [ { inputTokens: 10k, per: week } ] } }
                    keys: { app: { secret: key-of-the-deep-one, user: ada, limits: [ { tokens: 60, per: day } ] } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        String rounds = IntStream.rangeClosed(1, ROUNDS)
                .mapToObj(
                        "  round-%1$d: { tier: free, limits: [ { requests: 20, per: day } ], keys: { app: { secret: the-key-of-round-%1$d } } }\n"
                                ::formatted)
                .collect(Collectors.joining());
        atlas = RunningAtlas.start(
                data, CONFIGURATION + rounds, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterAll
    static void stop() {
        atlas.close();
        oracle.close();
    }

    @RepeatedTest(ROUNDS)
    void ofTwoHundredAtOnceTwentyAreServedWhereTwentyMayBe(RepetitionInfo round) {
        String mark = "round-" + round.getCurrentRepetition();
        Chat chat = CHAT.maxTokens(10).mark(mark);
        List<CompletableFuture<Reply>> open = IntStream.range(0, AT_ONCE)
                .mapToObj(_ -> atlas.chatLater("the-key-of-" + mark, chat))
                .toList();
        List<Reply> replies = open.stream().map(CompletableFuture::join).toList();

        assertThat(served(replies)).isEqualTo(20);
        assertThat(replies)
                .filteredOn(reply -> reply.status() != 200)
                .extracting(Reply::code)
                .isSubsetOf("quota_exhausted", "quota_reserved");
        assertThat(oracle.journal().of(mark)).hasSize(20);
    }

    /**
     * Who is told to try again does, until it is served or told that nothing is left. So as many are served as fit one
     * after the other: {@code served - 1} times what one uses leaves room for what one needs, {@code served} times does not.
     */
    @ParameterizedTest
    @CsvSource({
        // tenant, unit, limit, needed at least, used by one, served
        "tokens-capped, tokens, 2250, 110, 46, 47", // 50 + 60 needed, 43 + 3 used
        "tokens-open, tokens, 2250, 66, 46, 48", // 50 + 16 needed
        "money-capped, nano_usd, 11700000, 580000, 110000, 102", // 50 x 2 USD + 60 x 8 USD, 43 x 2 USD + 3 x 8 USD
        "money-open, nano_usd, 11700000, 228000, 110000, 105", // 50 x 2 USD + 16 x 8 USD
    })
    void whatIsHeldAndNotUsedServesOthers(
            String tenant, String unit, long limit, long needed, long usedByOne, int served) throws Exception {
        assertThat((limit - needed) / usedByOne + 1).isEqualTo(served);
        String key = "key-of-" + tenant;
        Chat chat = (tenant.endsWith("capped") ? CHAT.maxTokens(60) : CHAT).mark(tenant);
        List<Future<Reply>> last = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                last.add(threads.submit(() -> untilDecided(key, chat)));
            }
            int looks = 0;
            while (!last.stream().allMatch(Future::isDone)) {
                assertWithin(limitOf(key), limit);
                looks++;
            }
            assertThat(looks).isGreaterThan(3);
        }

        List<Reply> replies = last.stream().map(Future::resultNow).toList();
        assertThat(served(replies)).isEqualTo(served);
        assertThat(oracle.journal().of(tenant))
                .extracting(ParallelLimitsTest::tokens)
                .hasSize(served)
                .containsOnly(46L);
        JsonNode settled = limitOf(key);
        assertThat(settled.path("unit").asString()).isEqualTo(unit);
        assertThat(settled.path("used").asLong()).isEqualTo(served * usedByOne);
        assertThat(settled.path("held").asLong()).isZero();
        assertThat(settled.path("remaining").asLong()).isEqualTo(limit - served * usedByOne);
        if (unit.equals("tokens")) {
            assertTheRestCanBeSpent(key, limit - served * usedByOne, 1, 1);
        } else {
            assertTheRestCanBeSpent(key, limit - served * usedByOne, 2_000, 8_000);
        }
    }

    @Test
    void fiveLimitsAreOneDecision() throws Exception {
        Chat chat = Chat.ofTokens("deep", 50).maxTokens(10).mark("deep");
        atlas.chat("key-of-the-deep-one", chat).expect(200);
        JsonNode before = atlas.admin("/admin/v1/quota").expect(200).json().path("limits");

        Reply refused = atlas.chat("key-of-the-deep-one", chat).expect(429);

        JsonNode after = atlas.admin("/admin/v1/quota").expect(200).json().path("limits");
        assertThat(refused.atlas()
                        .path("limits")
                        .valueStream()
                        .map(limit -> limit.path("id").asString()))
                .containsExactly("deep/search/keys/app:tokens/day");
        assertThat(used(before, "gateway:requests/day")).isPositive();
        assertThat(used(before, "model/deep:tokens/day")).isEqualTo(46);
        assertThat(used(before, "deep:cost/month")).isEqualTo(43 * 2_000 + 3 * 8_000);
        assertThat(used(before, "deep/search:outputTokens/week")).isEqualTo(3);
        assertThat(used(before, "deep/search/users/ada:inputTokens/week")).isEqualTo(43);
        assertThat(after).isEqualTo(before);
        assertThat(oracle.journal().of("deep")).hasSize(1);
    }

    /** A request that needs one token more than is left is refused, and one that needs all of it is served. */
    private static void assertTheRestCanBeSpent(String key, long left, long perInput, long perOutput) throws Exception {
        int input = 20;
        while ((left - input * perInput) % perOutput != 0) {
            input--;
        }
        long output = (left - input * perInput) / perOutput;
        Chat chat = Chat.ofTokens("words-3", input);
        Reply refused = atlas.chat(key, chat.maxTokens(output + 1)).expect(429);
        assertThat(refused.code()).isIn("quota_exhausted", "budget_exhausted");
        assertThat(refused.atlas().path("requested").asLong()).isEqualTo(left + perOutput);
        atlas.chat(key, chat.maxTokens(output)).expect(200);
    }

    private static Reply untilDecided(String key, Chat chat) throws Exception {
        Reply reply = atlas.chat(key, chat);
        while (reply.status() == 429 && reply.code().equals("quota_reserved")) {
            reply = atlas.chat(key, chat);
        }
        if (reply.status() != 200) {
            assertThat(reply.code()).isIn("quota_exhausted", "budget_exhausted");
        }
        return reply;
    }

    private static void assertWithin(JsonNode limit, long amount) {
        assertThat(limit.path("amount").asLong()).isEqualTo(amount);
        assertThat(limit.path("used").asLong() + limit.path("held").asLong())
                .as(limit.toString())
                .isLessThanOrEqualTo(amount);
    }

    /** The tenant's only limit, which stands after the gateway's. */
    private static JsonNode limitOf(String key) throws Exception {
        JsonNode limits = atlas.get(key, "/v1/quota").expect(200).json().path("limits");
        assertThat(limits.size()).isEqualTo(2);
        return limits.path(1);
    }

    private static long served(List<Reply> replies) {
        return replies.stream().filter(reply -> reply.status() == 200).count();
    }

    private static long tokens(Entry entry) {
        return entry.promptTokens() + entry.completionTokens();
    }

    private static long used(JsonNode limits, String id) {
        return limits.valueStream()
                .filter(limit -> limit.path("id").asString().equals(id))
                .mapToLong(limit -> limit.path("used").asLong())
                .findFirst()
                .orElseThrow();
    }
}
