package io.atlas.acceptance;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** OpenAI's own client library, as an application would set it up before Atlas. */
final class Sdk {
    private Sdk() {}

    /** A client that never tries again. */
    static OpenAIClient client(URI atlas, String key) {
        return builder(atlas).apiKey(key).maxRetries(0).build();
    }

    /** A client without a credential. */
    static OpenAIOkHttpClient.Builder builder(URI atlas) {
        return OpenAIOkHttpClient.builder().baseUrl(atlas.resolve("/v1").toString());
    }

    /** A question to a model. */
    static ChatCompletionCreateParams.Builder chat(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    /** A question by whose mark the upstream's journal finds it. */
    static ChatCompletionCreateParams.Builder marked(String mark, String model, String text) {
        return chat(model, text)
                .metadata(ChatCompletionCreateParams.Metadata.builder()
                        .putAdditionalProperty("oracle_id", JsonValue.from(mark))
                        .build());
    }

    /** The wish to be told the usage of a stream. */
    static ChatCompletionStreamOptions withUsage() {
        return ChatCompletionStreamOptions.builder().includeUsage(true).build();
    }

    /** The function {@code look_up} with one text for an argument. */
    static FunctionDefinition lookUp() {
        return FunctionDefinition.builder()
                .name("look_up")
                .description("Looks something up")
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("q", Map.of("type", "string"))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("q")))
                        .build())
                .build();
    }

    /** All of a stream. */
    static List<ChatCompletionChunk> stream(OpenAIClient client, ChatCompletionCreateParams params) {
        try (var stream = client.chat().completions().createStreaming(params)) {
            return stream.stream().toList();
        }
    }

    /** The text of a stream. */
    static String text(List<ChatCompletionChunk> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream())
                .collect(Collectors.joining());
    }
}
