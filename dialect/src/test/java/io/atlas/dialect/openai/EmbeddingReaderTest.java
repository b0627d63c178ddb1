package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Output;
import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.dialect.openai.OpenAiRequest.Target;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"one\"|1|0|5", "[\"one\",\"two\"]|2|0|13", "[5,6]|1|2|0", "[[5],[6],[7]]|3|3|0"})
    void anInputMayBeTextOrTokenIdsAndSeveralOfEither(String input, int inputs, long ids, long textBytes) {
        Ask ask = Bodies.read(Route.EMBEDDING, "{\"model\":\"m\",\"input\":" + input + "}")
                .ask();
        assertThat(ask.size()).isEqualTo(new Ask.PromptSize(textBytes, 0, 0, inputs, ids, 0));
        assertThat(ask.output()).isEqualTo(Output.NONE);
        assertThat(ask.output().none()).isTrue();
    }

    @Test
    void nothingIsSentThatWouldBoundAnOutput() {
        String body = Bodies.of(Route.EMBEDDING, ",\"dimensions\":64,\"encoding_format\":\"base64\",\"stream\":false");
        byte[] sent = Bodies.read(Route.EMBEDDING, body)
                .forBackend(new Target("b", 0, Optional.of("max_tokens"), Counting.RUNNING));
        assertThat(new String(sent, StandardCharsets.UTF_8)).isEqualTo(body.replace("small", "b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stream|true",
                "dimensions|0",
                "dimensions|1.0",
                "dimensions|65537",
                "encoding_format|\"bytes\"",
                "encoding_format|7",
            })
    void aFieldOutOfRangeIsRefusedByName(String field, String value) {
        assertThat(Bodies.fault(Route.EMBEDDING, Bodies.of(Route.EMBEDDING, ",\"" + field + "\":" + value))
                        .code())
                .isEqualTo("invalid_" + field);
    }

    @Test
    void thereAreAsManyInputsAsOpenAiTakes() {
        String many = String.join(",", Collections.nCopies(2_048, "\"a\""));
        assertThat(Bodies.read(Route.EMBEDDING, "{\"model\":\"m\",\"input\":[" + many + "]}")
                        .ask()
                        .size()
                        .prompts())
                .isEqualTo(2_048);
        assertThat(Bodies.fault(Route.EMBEDDING, "{\"model\":\"m\",\"input\":[" + many + ",\"a\"]}")
                        .code())
                .isEqualTo("invalid_input");
    }
}
