package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.OpenAIClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.models.Model;
import io.atlas.testing.Entry;
import io.atlas.testing.Entry.Ending;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's client library works before Atlas as it does before OpenAI. */
@Timeout(60)
class OpenAiSdkTest {
    private static final String KEY = "key-of-the-sdk-test";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String CONFIGURATION = """
            backends:
              running: { type: vllm, url: "${oracle}" }
              plain: { type: openai, url: "${oracle}/v1" }
              sim: { type: sim, ttft: 1ms, tokensPerSecond: 5000 }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              team/echo-plain: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: plain, model: echo } ] }
              tool: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              simulated: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: sim } ] }
              hidden: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: sim } ] }
            tiers:
              free: { models: [ echo, team/echo-plain, tool, simulated ] }
            tenants:
              acme:
                tier: free
                limits: [ { tokens: 1M, per: day } ]
                keys: { app: { secret: key-of-the-sdk-test } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;
    private static OpenAIClient client;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
        client = Sdk.client(atlas.uri(), KEY);
    }

    @AfterAll
    static void stop() {
        client.close();
        atlas.close();
        oracle.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "team/echo-plain"})
    void aChatIsAnswered(String model) throws Exception {
        ChatCompletion answer = client.chat()
                .completions()
                .create(Sdk.marked("chat-" + model, model, "the sun and the sea")
                        .build());

        assertThat(answer.choices().getFirst().message().content()).contains("the sun and the sea");
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        Entry entry = oracle.journal().await("chat-" + model, PATIENCE);
        CompletionUsage usage = answer.usage().orElseThrow();
        assertThat(usage.promptTokens()).isEqualTo(entry.promptTokens());
        assertThat(usage.completionTokens()).isEqualTo(entry.completionTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "team/echo-plain"})
    void aStreamSaysWhatTheUpstreamSaid(String model) throws Exception {
        String mark = "stream-" + model;
        List<ChatCompletionChunk> chunks = Sdk.stream(
                client, Sdk.marked(mark, model, "five words for a stream").build());

        assertThat(Sdk.text(chunks)).isEqualTo("five words for a stream");
        Entry entry = oracle.journal().await(mark, PATIENCE);
        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Ending.FINISHED);
        assertThat(entry.completionTokens()).isEqualTo(5);
        assertThat(entry.reportedTokens()).as("what Atlas was told").isEqualTo(5);
        assertThat(chunks).noneMatch(chunk -> chunk.usage().isPresent());
        assertThat(chunks).noneMatch(chunk -> chunk.choices().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "team/echo-plain", "simulated"})
    void aStreamTellsItsUsageIfAsked(String model) {
        List<ChatCompletionChunk> chunks = Sdk.stream(
                client,
                Sdk.chat(model, "five words for a stream")
                        .streamOptions(Sdk.withUsage())
                        .build());

        ChatCompletionChunk last = chunks.getLast();
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage().orElseThrow().completionTokens()).isPositive();
        assertThat(chunks.subList(0, chunks.size() - 1))
                .noneMatch(chunk -> chunk.choices().isEmpty());
        assertThat(chunks).filteredOn(chunk -> chunk.usage().isPresent()).hasSize(1);
    }

    @Test
    void aSimulatedModelSaysTheSameAsAWholeAndAsAStream() {
        ChatCompletionCreateParams params = Sdk.chat("simulated", "Tell me of mountains")
                .maxCompletionTokens(40)
                .build();

        ChatCompletion whole = client.chat().completions().create(params);
        List<ChatCompletionChunk> chunks = Sdk.stream(client, params);

        String text = whole.choices().getFirst().message().content().orElseThrow();
        assertThat(text).isNotBlank();
        assertThat(Sdk.text(chunks)).isEqualTo(text);
        assertThat(chunks).noneMatch(chunk -> chunk.usage().isPresent());
        assertThat(whole.usage().orElseThrow().completionTokens()).isBetween(1L, 40L);
    }

    @Test
    void aStreamThatReachesItsCapSaysSo() {
        List<ChatCompletionChunk> chunks = Sdk.stream(
                client,
                Sdk.chat("echo", "one two three four").maxCompletionTokens(2).build());

        assertThat(Sdk.text(chunks)).isEqualTo("one two");
        assertThat(chunks.getLast().choices().getFirst().finishReason())
                .contains(ChatCompletionChunk.Choice.FinishReason.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tool", "simulated"})
    void aToolIsCalled(String model) {
        ChatCompletion answer = client.chat().completions().create(withTool(model));

        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertCallsLookUp(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tool", "simulated"})
    void aToolIsCalledInAStream(String model) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();

        Sdk.stream(client, withTool(model)).forEach(whole::accumulate);

        assertCallsLookUp(whole.chatCompletion());
    }

    @Test
    void theModelsAreThoseOfTheTier() {
        assertThat(client.models().list().items())
                .extracting(Model::id)
                .containsExactly("echo", "simulated", "team/echo-plain", "tool");
        assertThat(client.models().list().items()).allMatch(model -> model.created() > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "team/echo-plain"})
    void aModelIsRetrieved(String model) {
        assertThat(client.models().retrieve(model).id()).isEqualTo(model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden", "unheard-of"})
    void aModelOutsideTheTierIsNotFound(String model) {
        assertThatThrownBy(() -> client.models().retrieve(model))
                .isInstanceOfSatisfying(
                        NotFoundException.class,
                        refused -> assertThat(refused.code()).contains("model_not_found"));
    }

    @Test
    void theKeyMayBeTheOneOfAzure() {
        OpenAIClient azure = Sdk.builder(atlas.uri())
                .credential(AzureApiKeyCredential.create(KEY))
                .maxRetries(0)
                .build();

        assertAnswers(azure, "by-azure");

        azure.close();
        assertThat(oracle.journal().of("by-azure").getFirst().headers()).doesNotContainKey("api-key");
    }

    @Test
    void theKeyMayStandInTheHeaderOfAnthropic() throws Exception {
        Chat chat = Chat.of("echo", "hello").mark("by-x-api-key");

        atlas.chat(Map.of("x-api-key", KEY), chat).expect(200);

        assertThat(oracle.journal().of("by-x-api-key").getFirst().headers()).doesNotContainKey("x-api-key");
    }

    @Test
    void theSameKeyMayStandTwiceAndTwoKeysMayNot() {
        OpenAIClient same = Sdk.builder(atlas.uri())
                .apiKey(KEY)
                .putHeader("x-api-key", KEY)
                .maxRetries(0)
                .build();
        OpenAIClient other = Sdk.builder(atlas.uri())
                .apiKey(KEY)
                .putHeader("x-api-key", "another-key-of-mine")
                .maxRetries(0)
                .build();

        assertAnswers(same, "by-both");
        assertThatThrownBy(() -> assertAnswers(other, "by-two")).isInstanceOf(UnauthorizedException.class);

        same.close();
        other.close();
    }

    private static void assertAnswers(OpenAIClient any, String mark) {
        ChatCompletion answer = any.chat()
                .completions()
                .create(Sdk.marked(mark, "echo", "hello").build());
        assertThat(answer.choices().getFirst().message().content()).contains("hello");
    }

    private static ChatCompletionCreateParams withTool(String model) {
        return Sdk.chat(model, "Look up the sun")
                .addFunctionTool(Sdk.lookUp())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .build();
    }

    private static void assertCallsLookUp(ChatCompletion answer) {
        ChatCompletionMessageFunctionToolCall call = answer.choices()
                .getFirst()
                .message()
                .toolCalls()
                .orElseThrow()
                .getFirst()
                .asFunction();
        assertThat(call.id()).isNotBlank();
        assertThat(call.function().name()).isEqualTo("look_up");
        assertThat(call.function().arguments()).matches("\\{\\s*\"q\"\\s*:\\s*\".+\"\\s*}");
    }
}
