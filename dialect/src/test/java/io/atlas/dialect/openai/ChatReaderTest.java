package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.dialect.openai.OpenAiRequest.Target;
import io.atlas.kernel.feature.Feature;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatReaderTest {
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    @Test
    void whatIsAskedIsUnderstood() {
        OpenAiRequest request = read("{\"model\":\"small\"," + MESSAGES
                + ",\"stream\":true,\"n\":2,\"max_tokens\":50,\"stream_options\":{\"include_usage\":true}}");
        assertThat(request.ask().model()).isEqualTo("small");
        assertThat(request.ask().delivery()).isEqualTo(Delivery.STREAMED);
        assertThat(request.ask().output().choices()).isEqualTo(2);
        assertThat(request.ask().output().maxTokens()).isEqualTo(OptionalLong.of(50));
        assertThat(request.ask().usage()).isEqualTo(UsageWish.SHOWN);
        assertThat(request.ask().size().messages()).isEqualTo(1);
        assertThat(request.ask().size().textBytes()).isGreaterThanOrEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"tools\":[{},{}]                                      | TOOLS",
                "\"functions\":[{}]                                     | TOOLS",
                "\"tools\":[]                                           |",
                "\"tools\":null                                         |",
                "\"logprobs\":true,\"top_logprobs\":2                   | LOGPROBS",
                "\"logprobs\":false                                     |",
                "\"reasoning_effort\":\"high\"                          | REASONING",
                "\"reasoning_effort\":\"none\"                          |",
                "\"response_format\":{\"type\":\"text\"}                |",
                "\"response_format\":{\"type\":\"json_object\"}         | JSON",
                "\"response_format\":{\"json_schema\":{\"type\":\"text\"},\"type\":\"json_schema\"},\"tools\":[[1]] | TOOLS JSON_SCHEMA"
            })
    void whatTheAnswerTakesBesideTextIsUnderstood(String more, @Nullable String needs) {
        String[] names = needs == null ? new String[0] : needs.split(" ", -1);
        assertThat(read("{\"model\":\"small\"," + MESSAGES + "," + more + "}")
                        .ask()
                        .needs()
                        .inOrder())
                .extracting(Feature::name)
                .containsExactly(names);
    }

    @Test
    void whatIsSentDiffersOnlyInTheModelAndTheBound() {
        String body = "{ \"model\" : \"small\", " + MESSAGES
                + ", \"max_tokens\": 5000 , \"odd\": 1.0e5, \"x\":\"\\u00e9é\" }";
        assertThat(sent(body, new Target("Qwen/\"3\"", 50, Optional.empty(), Counting.AT_THE_END)))
                .isEqualTo("{ \"model\" : \"Qwen/\\\"3\\\"\", " + MESSAGES
                        + ", \"max_tokens\": 50 , \"odd\": 1.0e5, \"x\":\"\\u00e9é\" }");
    }

    @Test
    void aMissingBoundIsAddedAndTheUsageOfAStreamIsForced() {
        String body = "{\"model\":\"small\"," + MESSAGES
                + ",\"stream\":true,\"stream_options\":{\"include_usage\":false,\"include_obfuscation\":false}}";
        assertThat(sent(body, new Target("m", 16, Optional.empty(), Counting.RUNNING)))
                .isEqualTo(
                        "{\"model\":\"m\"," + MESSAGES + ",\"stream\":true,\"stream_options\":{\"include_usage\":true,"
                                + "\"continuous_usage_stats\":true,\"include_obfuscation\":false},\"max_tokens\":16}");
    }

    @Test
    void theBoundIsRenamedForABackendThatKnowsOneNameOnly() {
        String body = "{\"model\":\"small\"," + MESSAGES + ",\"max_completion_tokens\":9}";
        assertThat(sent(body, new Target("m", 9, Optional.of("max_tokens"), Counting.AT_THE_END)))
                .isEqualTo("{\"model\":\"m\"," + MESSAGES + ",\"max_tokens\":9}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "nonsense",
                "{",
                "{\"model\":\"a\"} x",
                "{'model':'a'}",
                "{\"model\":\"a\",\"model\":\"b\"," + MESSAGES + "}",
                "{\"model\":\"a\",\"mod\\u0065l\":\"b\"," + MESSAGES + "}",
                "{\"model\":NaN}",
                "{\"a\":1,}",
                "{\"model\":\"a\"," + MESSAGES + ",\"deep\":{\"a\":1,\"a\":2}}"
            })
    void aBodyThatCanBeReadInTwoWaysIsRefused(String body) {
        assertThat(fault(body.getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(400);
    }

    @Test
    void otherEncodingsThanUtf8AreRefused() {
        String body = "{\"model\":\"small\"," + MESSAGES + "}";
        assertThat(fault(body.getBytes(StandardCharsets.UTF_16LE)).status()).isEqualTo(400);
        assertThat(fault(("\uFEFF" + body).getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(400);
        byte[] overlong = body.getBytes(StandardCharsets.UTF_8);
        overlong[body.indexOf("hello")] = (byte) 0xC0;
        overlong[body.indexOf("hello") + 1] = (byte) 0xAF;
        assertThat(fault(overlong).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max_tokens|0",
                "max_tokens|-1",
                "max_tokens|10.0",
                "max_tokens|1e3",
                "max_tokens|\"10\"",
                "max_tokens|true",
                "max_tokens|-0",
                "max_tokens|2147483648",
                "max_tokens|01",
                "n|9",
                "n|0",
                "n|1.0",
                "stream|\"true\"",
                "stream|1",
                "top_logprobs|21",
                "prompt_logprobs|1",
                "priority|1",
                "chat_template|\"x\"",
                "stream_options|[]"
            })
    void aFieldOutOfRangeIsRefusedByName(String field, String value) {
        Fault fault = fault(("{\"model\":\"small\"," + MESSAGES + ",\"" + field + "\":" + value + "}")
                .getBytes(StandardCharsets.UTF_8));
        assertThat(fault.status()).isEqualTo(400);
        if (!value.startsWith("01")) {
            assertThat(fault.param()).contains(field);
            assertThat(fault.code()).isEqualTo("invalid_" + field);
        }
    }

    @Test
    void bothNamesOfTheBoundAreOneTooMany() {
        assertThat(fault(("{\"model\":\"small\"," + MESSAGES + ",\"max_tokens\":1,\"max_completion_tokens\":1}")
                                .getBytes(StandardCharsets.UTF_8))
                        .message())
                .contains("other name");
    }

    @Test
    void theTextOfAPromptIsItsMessagesAndTools() {
        OpenAiRequest request = read(
                "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"name\":\"ada\",\"content\":"
                        + "[{\"type\":\"text\",\"text\":\"first\"},{\"type\":\"text\",\"text\":\"second\"}]}],\"tools\":[{\"type\":\"function\"}]}");
        assertThat(request.promptText().texts()).containsExactly("ada", "first", "second", "[{\"type\":\"function\"}]");
        assertThat(request.ask().size().names()).isEqualTo(1);
    }

    private static String sent(String body, Target target) {
        return new String(read(body).forBackend(target), StandardCharsets.UTF_8);
    }

    private static OpenAiRequest read(String body) {
        return switch (Route.CHAT.decode(body.getBytes(StandardCharsets.UTF_8))) {
            case Decoded.Request read -> read.request();
            case Decoded.Wrong wrong -> throw new AssertionError(wrong.fault().message());
        };
    }

    private static Fault fault(byte[] body) {
        return switch (Route.CHAT.decode(body)) {
            case Decoded.Request _ -> throw new AssertionError("accepted: " + new String(body, StandardCharsets.UTF_8));
            case Decoded.Wrong wrong -> wrong.fault();
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":\"a\",\"model\":\"b\"} | invalid_model | model: given twice (expected: once)",
                "{\"model\":\"a\",\"m\\u006fdel\":\"b\"} | invalid_model | model: given twice (expected: once)",
                "{\"x y\":1,\"x y\":2} | invalid_request | the body is not JSON that can be read in one way only, near byte 14",
                "{\"model\":NaN} | invalid_request | the body is not JSON that can be read in one way only, near byte 12"
            })
    void whatCanBeReadInTwoWaysIsNamedInWordsOfOurOwn(String body, String code, String message) {
        Fault fault = Bodies.fault(Route.CHAT, body);

        assertThat(fault.code()).isEqualTo(code);
        assertThat(fault.message()).isEqualTo(message);
    }
}
