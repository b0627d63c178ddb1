package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's client library asks for completions and embeddings as it does before OpenAI. */
@Timeout(60)
class CompletionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String KEY = "key-of-the-completions-test";
    private static final String CONFIGURATION = """
            backends:
              running: { type: vllm, url: "${oracle}" }
              plain: { type: openai, url: "${oracle}/v1" }
              sim: { type: sim, ttft: 1ms, tokensPerSecond: 5000 }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: running } ] }
              echo-plain: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: plain, model: echo } ] }
              simulated: { price: { input: "2 USD", output: "8 USD" }, defaultOutput: 100, deployments: [ { backend: sim } ] }
            tiers: { free: { models: [ "*" ] } }
            tenants:
              acme: { tier: free, limits: [ { tokens: 1M, per: day } ], keys: { app: { secret: key-of-the-completions-test } } }
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
    @ValueSource(strings = {"echo", "echo-plain"})
    void aTextIsContinued(String model) throws Exception {
        Completion answer = client.completions()
                .create(completion(model, "plain-" + model)
                        .prompt("the sun and the sea")
                        .maxTokens(3)
                        .build());

        assertThat(answer.choices()).extracting(CompletionChoice::text).containsExactly("the sun and");
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(CompletionChoice.FinishReason.LENGTH);
        Entry entry = oracle.journal().await("plain-" + model, PATIENCE);
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(entry.promptTokens());
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(entry.completionTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "echo-plain"})
    void aStreamSaysWhatTheUpstreamSaidAndHidesTheUsage(String model) throws Exception {
        CompletionCreateParams.Builder params =
                completion(model, "stream-" + model).prompt("the sun and the sea");

        List<Completion> hidden = stream(params.build());
        List<Completion> shown = stream(params.streamOptions(Sdk.withUsage()).build());

        assertThat(text(hidden)).isEqualTo("the sun and the sea");
        assertThat(hidden).noneMatch(chunk -> chunk.usage().isPresent());
        assertThat(hidden).noneMatch(chunk -> chunk.choices().isEmpty());
        assertThat(shown.getLast().usage().orElseThrow().completionTokens()).isEqualTo(5);
        assertThat(oracle.journal().await("stream-" + model, PATIENCE).body()).contains("\"include_usage\":true");
    }

    @Test
    void everyPromptHasItsAnswers() {
        Completion answer = client.completions()
                .create(completion("echo", "several")
                        .promptOfArrayOfStrings(List.of("one two", "three"))
                        .n(2)
                        .bestOf(3)
                        .build());

        assertThat(answer.choices()).hasSize(4);
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(3);
        assertThat(answer.usage().orElseThrow().completionTokens())
                .as("what every draft of every prompt has")
                .isEqualTo(2 * 3 * 2);
    }

    @Test
    void theSimulationContinuesATextTheSameStreamedOrNot() {
        CompletionCreateParams params = completion("simulated", "")
                .promptOfArrayOfStrings(List.of("Speak about rivers", "Speak about deserts"))
                .build();

        Completion whole = client.completions().create(params);
        List<Completion> chunks = stream(params);

        assertThat(whole.choices()).hasSize(2);
        for (int index = 0; index < 2; index++) {
            int wanted = index;
            String streamed = chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .filter(choice -> choice.index() == wanted)
                    .map(CompletionChoice::text)
                    .collect(Collectors.joining());
            assertThat(whole.choices().get(index).text()).isNotBlank().isEqualTo(streamed);
        }
        assertThat(whole.choices().getFirst().text())
                .isNotEqualTo(whole.choices().getLast().text());
        assertThat(whole.id()).startsWith("cmpl-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "simulated"})
    void textsBecomeVectorsOfLengthOne(String model) {
        for (EmbeddingCreateParams params : List.of(
                embedding(model).inputOfArrayOfStrings(List.of("one", "two")).build(),
                embedding(model)
                        .inputOfArrayOfTokenArrays(List.of(List.of(1L, 2L), List.of(3L)))
                        .encodingFormat(EncodingFormat.FLOAT)
                        .build())) {
            CreateEmbeddingResponse answer = client.embeddings().create(params);

            assertThat(answer.data())
                    .hasSize(2)
                    .allSatisfy(one -> assertThat(length(one)).isBetween(0.999, 1.001));
            assertThat(answer.usage().promptTokens())
                    .isEqualTo(answer.usage().totalTokens())
                    .isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = EncodingFormat.Known.class,
            names = {"FLOAT", "BASE64"})
    void theSimulationHasAsManyDimensionsAsAreAskedForAndTheSameForTheSameText(EncodingFormat.Known format) {
        EncodingFormat asked = EncodingFormat.of(format.name().toLowerCase(Locale.ROOT));
        EmbeddingCreateParams params = embedding("simulated")
                .input("the same text")
                .dimensions(64)
                .encodingFormat(asked)
                .build();

        List<Float> first = client.embeddings().create(params).data().getFirst().embedding();

        assertThat(first).hasSize(64);
        assertThat(client.embeddings().create(params).data().getFirst().embedding())
                .isEqualTo(first);
        assertThat(client.embeddings()
                        .create(params.toBuilder().input("another text").build())
                        .data()
                        .getFirst()
                        .embedding())
                .isNotEqualTo(first);
    }

    @Test
    void aLargeAnswerIsMeteredAsASmallOne() {
        List<String> texts = Collections.nCopies(1_000, "the same text");
        CreateEmbeddingResponse answer = client.embeddings()
                .create(embedding("simulated")
                        .inputOfArrayOfStrings(texts)
                        .encodingFormat(EncodingFormat.FLOAT)
                        .build());

        assertThat(answer.data()).hasSize(1_000);
        assertThat(answer.usage().promptTokens()).isEqualTo(3 * 1_000);
    }

    @Test
    void anEchoIsRefusedByItsName() {
        CompletionCreateParams params =
                completion("echo", "echoed").prompt("hello").echo(true).build();

        assertThatThrownBy(() -> client.completions().create(params))
                .isInstanceOfSatisfying(BadRequestException.class, refused -> {
                    assertThat(refused.code()).contains("invalid_echo");
                    assertThat(refused.param()).contains("echo");
                });
        assertThat(oracle.journal().of("echoed")).isEmpty();
    }

    private static CompletionCreateParams.Builder completion(String model, String mark) {
        return CompletionCreateParams.builder().model(model).user(mark);
    }

    private static EmbeddingCreateParams.Builder embedding(String model) {
        return EmbeddingCreateParams.builder().model(model).putAdditionalBodyProperty("x-anything", JsonValue.from(1));
    }

    private static List<Completion> stream(CompletionCreateParams params) {
        try (var stream = client.completions().createStreaming(params)) {
            return stream.stream().toList();
        }
    }

    private static String text(List<Completion> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .map(CompletionChoice::text)
                .collect(Collectors.joining());
    }

    private static double length(Embedding embedding) {
        return Math.sqrt(embedding.embedding().stream()
                .mapToDouble(number -> number * number)
                .sum());
    }
}
