package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.dialect.openai.OpenAiRequest.Target;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"one two\"|1|0|9",
                "[\"one\",\"two\"]|2|0|13",
                "[1,22,333]|1|3|0",
                "[[1,22],[0]]|2|3|0",
            })
    void aPromptMayBeTextOrTokenIdsAndSeveralOfEither(String prompt, int prompts, long ids, long textBytes) {
        Ask ask = ask(prompt, "");
        assertThat(ask.size().prompts()).isEqualTo(prompts);
        assertThat(ask.size().tokenIds()).isEqualTo(ids);
        assertThat(ask.size().textBytes()).isEqualTo(textBytes);
        assertThat(ask.size().messages()).isZero();
        assertThat(ask.size().textOnly()).isEqualTo(ids == 0);
        assertThat(ask.output().choices()).isEqualTo(prompts);
    }

    @Test
    void everyDraftOfEveryPromptIsToBeReserved() {
        Ask ask = ask("[\"a\",\"b\",\"c\"]", ",\"n\":2,\"best_of\":4,\"max_tokens\":7");
        assertThat(ask.output().choices()).isEqualTo(6);
        assertThat(ask.output().drafts()).isEqualTo(12);
        assertThat(ask.output().maxTokens()).isEqualTo(OptionalLong.of(7));
        assertThat(ask("\"a\"", ",\"n\":3").output().drafts()).isEqualTo(3);
        assertThat(ask("\"a\"", ",\"n\":3,\"best_of\":null").output().drafts()).isEqualTo(3);
    }

    @Test
    void aSuffixIsPartOfThePromptEvenBesideTokenIds() {
        assertThat(ask("[1,2]", ",\"suffix\":\"after\"").size().textBytes()).isEqualTo(7);
        assertThat(Bodies.fault(Route.COMPLETION, "{\"model\":\"m\",\"prompt\":[\"a\",\"b\"],\"suffix\":\"after\"}")
                        .code())
                .isEqualTo("invalid_suffix");
        assertThat(Bodies.read(Route.COMPLETION, Bodies.of(Route.COMPLETION, ",\"suffix\":\"after\""))
                        .promptText()
                        .texts())
                .containsExactly("hello", "after");
        assertThat(Bodies.read(Route.COMPLETION, "{\"model\":\"m\",\"prompt\":[[1],[2]]}")
                        .promptText()
                        .texts())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt|[]",
                "prompt|[[]]",
                "prompt|[[1],[]]",
                "prompt|[\"a\",1]",
                "prompt|[1,\"a\"]",
                "prompt|[[1],\"a\"]",
                "prompt|[[1],2]",
                "prompt|[[[1]]]",
                "prompt|[-1]",
                "prompt|[-0]",
                "prompt|[1.0]",
                "prompt|[2147483648]",
                "prompt|[null]",
                "prompt|7",
                "prompt|true",
                "prompt|{}",
                "prompt|null",
            })
    void whatIsNoPromptIsRefusedByName(String field, String value) {
        assertThat(Bodies.fault(Route.COMPLETION, "{\"model\":\"m\",\"" + field + "\":" + value + "}")
                        .code())
                .isEqualTo("invalid_prompt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "best_of|9",
                "best_of|0",
                "n|9",
                "logprobs|21",
                "logprobs|true",
                "logprobs|-1",
                "suffix|7",
                "echo|true",
                "echo|1",
                "max_tokens|0",
                "stream|1",
            })
    void aFieldOutOfRangeIsRefusedByName(String field, String value) {
        assertThat(Bodies.fault(Route.COMPLETION, Bodies.of(Route.COMPLETION, ",\"" + field + "\":" + value))
                        .code())
                .isEqualTo("invalid_" + field);
    }

    @Test
    void bestOfIsAtLeastNAndNotForAStream() {
        assertThat(fault(",\"n\":3,\"best_of\":2").code()).isEqualTo("invalid_best_of");
        assertThat(fault(",\"best_of\":2,\"stream\":true").code()).isEqualTo("invalid_best_of");
        assertThat(ask("\"a\"", ",\"n\":2,\"best_of\":2,\"stream\":true").delivery())
                .isEqualTo(Delivery.STREAMED);
    }

    @Test
    void noMorePromptsAreTakenThanCanBeAnsweredAtOnce() {
        String many = String.join(",", Collections.nCopies(128, "\"a\""));
        assertThat(ask("[" + many + "]", "").size().prompts()).isEqualTo(128);
        assertThat(Bodies.fault(Route.COMPLETION, "{\"model\":\"m\",\"prompt\":[" + many + ",\"a\"]}")
                        .code())
                .isEqualTo("invalid_prompt");
    }

    @Test
    void harmlessValuesOfEchoAndLogprobsAreAccepted() {
        assertThat(ask("\"a\"", ",\"echo\":false,\"logprobs\":0").model()).isEqualTo("m");
        assertThat(ask("\"a\"", ",\"echo\":null,\"logprobs\":5,\"suffix\":null").model())
                .isEqualTo("m");
    }

    @Test
    void theBoundIsSetAndTheUsageOfAStreamIsForced() {
        OpenAiRequest request = Bodies.read(Route.COMPLETION, Bodies.of(Route.COMPLETION, ",\"stream\":true"));
        assertThat(request.ask().usage()).isEqualTo(UsageWish.HIDDEN);
        assertThat(sent(request))
                .isEqualTo("{\"model\":\"b\",\"prompt\":\"hello\",\"stream\":true,\"max_tokens\":20,"
                        + "\"stream_options\":{\"include_usage\":true}}");
    }

    private static Ask ask(String prompt, String more) {
        return Bodies.read(Route.COMPLETION, "{\"model\":\"m\",\"prompt\":" + prompt + more + "}")
                .ask();
    }

    private static Fault fault(String more) {
        return Bodies.fault(Route.COMPLETION, Bodies.of(Route.COMPLETION, more));
    }

    private static String sent(OpenAiRequest request) {
        byte[] body = request.forBackend(new Target("b", 20, Optional.empty(), Counting.AT_THE_END));
        return new String(body, StandardCharsets.UTF_8);
    }
}
