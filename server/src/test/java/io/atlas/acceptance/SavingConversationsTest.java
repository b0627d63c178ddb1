package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.ObjectMappers;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageParam;
import com.openai.models.chat.completions.ChatCompletionSystemMessageParam;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.chat.completions.ChatCompletionUserMessageParam;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conversations of OpenAI's client library in which tools are called, whose tenant's budget runs low: they go on, shorter or
 * by a lighter model, and what was saved is what a pencil says. The upstream refuses a call without its result.
 */
@Timeout(120)
class SavingConversationsTest {
    private static final int TURNS = 6;
    private static final long LARGE_INPUT = 2_000;
    private static final long LARGE_OUTPUT = 8_000;
    private static final long SMALL_INPUT = 200;
    private static final long SMALL_OUTPUT = 800;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Encoding VOCABULARY =
            Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: oracle, model: agent } ]
                downgrade: small
              small:
                price: { input: "0.2 USD", output: "0.8 USD" }
                deployments: [ { backend: oracle, model: agent } ]
              spender:
                price: { input: "0 USD", output: "100 USD" }
                deployments: [ { backend: oracle, model: words-1000 } ]
            tiers:
              trim-whole: { models: [ "*" ], whenLow: [ trim ] }
              trim-streamed: { models: [ "*" ], whenLow: [ trim ] }
              downgrade-whole: { models: [ "*" ], whenLow: [ downgrade ] }
              downgrade-streamed: { models: [ "*" ], whenLow: [ downgrade ] }
              both-whole: { models: [ "*" ], whenLow: [ trim, downgrade ] }
              both-streamed: { models: [ "*" ], whenLow: [ trim, downgrade ] }
            tenants:
            """ + tenants();

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;

    /** One tenant for each tier, with half of his budget to be spent before he talks. */
    private static String tenants() {
        StringBuilder tenants = new StringBuilder();
        for (Way way : Way.values()) {
            tenants.append("  ")
                    .append(way.tier())
                    .append(": { tier: ")
                    .append(way.tier())
                    .append(", limits: [ { cost: \"0.2 USD\", per: month, lowWater: 100% } ], keys: { app: { secret: ")
                    .append(way.key())
                    .append(" } } }\n");
        }
        return tenants.toString();
    }

    /** How a tenant saves, and how he has his answers. */
    enum Way {
        TRIM_WHOLE,
        TRIM_STREAMED,
        DOWNGRADE_WHOLE,
        DOWNGRADE_STREAMED,
        BOTH_WHOLE,
        BOTH_STREAMED;

        String tier() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        String key() {
            return "key-of-the-one-who-saves-by-" + tier();
        }

        boolean streams() {
            return name().endsWith("STREAMED");
        }
    }

    /** What an application got, and what it was told beside it. */
    private record Got(ChatCompletionMessage message, Headers headers) {
        OptionalLong number(String header) {
            return headers.values(header).stream().mapToLong(Long::parseLong).findFirst();
        }
    }

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
    @EnumSource(
            value = Way.class,
            names = {"TRIM_.*"},
            mode = EnumSource.Mode.MATCH_ALL)
    void aConversationThatIsTrimmedGoesOn(Way way) throws Exception {
        try (Talk talk = new Talk(way)) {
            talk.takePlace();

            assertThat(talk.trims).isGreaterThanOrEqualTo(2 * (TURNS - 1));
            assertThat(talk.downgrades).isZero();
            assertSaved(way, "trim", talk.savedByTrim);
            assertSaved(way, "downgrade", 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"DOWNGRADE_.*"},
            mode = EnumSource.Mode.MATCH_ALL)
    void aConversationThatIsDowngradedGoesOn(Way way) throws Exception {
        try (Talk talk = new Talk(way)) {
            talk.takePlace();

            assertThat(talk.downgrades).isEqualTo(2 * TURNS);
            assertThat(talk.trims).isZero();
            assertSaved(way, "trim", 0);
            assertSaved(way, "downgrade", talk.savedByDowngrade);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"BOTH_.*"},
            mode = EnumSource.Mode.MATCH_ALL)
    void whatCannotBeMadeShortEnoughIsDowngraded(Way way) throws Exception {
        try (Talk talk = new Talk(way)) {
            talk.takePlace();

            assertThat(talk.downgrades).isGreaterThanOrEqualTo(2);
            assertThat(talk.trims).isPositive();
            assertSaved(way, "trim", talk.savedByTrim);
            assertSaved(way, "downgrade", talk.savedByDowngrade);
        }
    }

    private static void assertSaved(Way way, String by, long nanoUsd) throws Exception {
        assertThat(atlas.metric("atlas_saved_usd_total{by=\"" + by + "\",tier=\"" + way.tier() + "\"}"))
                .isCloseTo(nanoUsd / 1e9, within(1e-12));
    }

    /** One conversation: an application that keeps all of it, and sends all of it each time. */
    private static final class Talk implements AutoCloseable {
        private final Way way;
        private final OpenAIClient client;
        private final List<ChatCompletionMessageParam> all = new ArrayList<>();
        private int asked;
        private int trims;
        private int downgrades;
        private long savedByTrim;
        private long savedByDowngrade;

        Talk(Way way) {
            this.way = way;
            this.client = Sdk.client(atlas.uri(), way.key());
            all.add(ChatCompletionMessageParam.ofSystem(ChatCompletionSystemMessageParam.builder()
                    .content("be kind and look things up")
                    .build()));
        }

        void takePlace() throws Exception {
            atlas.chat(way.key(), Chat.of("spender", "spend half").maxTokens(1_000))
                    .expect(200);
            for (int turn = 0; turn < TURNS; turn++) {
                say("question " + turn + words(40));
                ChatCompletionMessage call = ask();
                assertThat(call.toolCalls()).as("turn %d", turn).isPresent();
                all.add(ChatCompletionMessageParam.ofAssistant(call.toParam()));
                result(call.toolCalls().orElseThrow().getFirst().asFunction().id(), "result " + turn + words(40));
                ChatCompletionMessage answer = ask();
                assertThat(answer.content().orElseThrow()).startsWith("sun sea");
                all.add(ChatCompletionMessageParam.ofAssistant(answer.toParam()));
            }
        }

        private static String words(int count) {
            return " " + String.join(" ", Collections.nCopies(count, "sun"));
        }

        private void say(String text) {
            all.add(ChatCompletionMessageParam.ofUser(
                    ChatCompletionUserMessageParam.builder().content(text).build()));
        }

        private void result(String call, String text) {
            all.add(ChatCompletionMessageParam.ofTool(ChatCompletionToolMessageParam.builder()
                    .toolCallId(call)
                    .content(text)
                    .build()));
        }

        private ChatCompletionMessage ask() throws Exception {
            String mark = way.tier() + "-" + asked++;
            Got got = got(ChatCompletionCreateParams.builder()
                    .model("large")
                    .messages(all)
                    .addFunctionTool(Sdk.lookUp())
                    .maxCompletionTokens(20)
                    .metadata(ChatCompletionCreateParams.Metadata.builder()
                            .putAdditionalProperty("oracle_id", JsonValue.from(mark))
                            .build())
                    .build());
            List<JsonNode> sent = MAPPER.readTree(
                            oracle.journal().await(mark, PATIENCE).body())
                    .path("messages")
                    .valueStream()
                    .toList();
            judge(got, leftOut(sent));
            return got.message();
        }

        private Got got(ChatCompletionCreateParams params) {
            var raw = client.chat().completions().withRawResponse();
            if (!way.streams()) {
                try (HttpResponseFor<ChatCompletion> response = raw.create(params)) {
                    return new Got(response.parse().choices().getFirst().message(), response.headers());
                }
            }
            ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
            try (HttpResponseFor<StreamResponse<ChatCompletionChunk>> response = raw.createStreaming(params);
                    StreamResponse<ChatCompletionChunk> stream = response.parse()) {
                stream.stream().forEach(whole::accumulate);
                return new Got(whole.chatCompletion().choices().getFirst().message(), response.headers());
            }
        }

        /** The messages that the upstream did not get: the oldest, and never the first of all. */
        private List<JsonNode> leftOut(List<JsonNode> sent) throws Exception {
            List<JsonNode> mine =
                    List.copyOf(MAPPER.readTree(ObjectMappers.jsonMapper().writeValueAsString(all))
                            .values());
            int missing = mine.size() - sent.size();
            assertThat(sent.getFirst()).isEqualTo(mine.getFirst());
            assertThat(sent.subList(1, sent.size())).isEqualTo(mine.subList(1 + missing, mine.size()));
            return mine.subList(1, 1 + missing);
        }

        /** Headers, receipt and metrics against what is known without them. */
        private void judge(Got got, List<JsonNode> leftOut) throws Exception {
            long trimmed = leftOut.stream().mapToLong(Talk::tokens).sum();
            assertThat(got.number("x-atlas-trimmed-tokens").orElse(0)).isEqualTo(trimmed);
            boolean downgraded =
                    !got.headers().values("x-atlas-downgraded-from").isEmpty();
            assertThat(got.headers().values("x-atlas-model")).containsExactly(downgraded ? "small" : "large");

            String id = got.headers().values("x-atlas-decision").getFirst();
            JsonNode receipt =
                    atlas.admin("/admin/v1/decisions/" + id).expect(200).json();
            long input = receipt.path("usage").path("input_tokens").asLong();
            long output = receipt.path("usage").path("output_tokens").asLong();
            long charged = downgraded
                    ? input * SMALL_INPUT + output * SMALL_OUTPUT
                    : input * LARGE_INPUT + output * LARGE_OUTPUT;
            long asAsked = (input + trimmed) * LARGE_INPUT + output * LARGE_OUTPUT;
            assertThat(input).isPositive();
            assertThat(receipt.path("cost_nano_usd").asLong()).isEqualTo(charged);
            assertThat(saved(receipt, "trim") + saved(receipt, "downgrade")).isEqualTo(asAsked - charged);
            assertThat(saved(receipt, "trim")).isEqualTo(trimmed * LARGE_INPUT);

            trims += trimmed > 0 ? 1 : 0;
            downgrades += downgraded ? 1 : 0;
            savedByTrim += trimmed * LARGE_INPUT;
            savedByDowngrade += asAsked - charged - trimmed * LARGE_INPUT;
        }

        /** By OpenAI's own rule: four for a message, beside its texts. */
        private static long tokens(JsonNode message) {
            List<String> texts = new ArrayList<>();
            texts.add(message.path("content").asString(""));
            texts.add(message.path("tool_call_id").asString(""));
            for (JsonNode call : message.path("tool_calls").values()) {
                texts.add(call.path("id").asString(""));
                texts.add(call.path("function").path("name").asString(""));
                texts.add(call.path("function").path("arguments").asString(""));
            }
            return 4 + texts.stream().mapToLong(VOCABULARY::countTokens).sum();
        }

        private static long saved(JsonNode receipt, String by) {
            return receipt.path("steps")
                    .valueStream()
                    .filter(step -> step.path("step").asString("").equals("save"))
                    .filter(step -> step.path("by").asString("").equals(by))
                    .mapToLong(step -> step.path("saved_nano_usd").asLong())
                    .sum();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
