package io.atlas.upstream.sim;

import static io.atlas.upstream.sim.SimClient.STREAM;
import static io.atlas.upstream.sim.SimClient.chat;
import static io.atlas.upstream.sim.SimClient.chunks;
import static io.atlas.upstream.sim.SimClient.content;
import static io.atlas.upstream.sim.SimClient.events;
import static io.atlas.upstream.sim.SimClient.fault;
import static io.atlas.upstream.sim.SimClient.json;
import static io.atlas.upstream.sim.SimClient.quick;
import static io.atlas.upstream.sim.SimClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.atlas.tokenizer.TokenCounter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class SimServerTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String STREAM_WITH_USAGE = STREAM + ",\"stream_options\":{\"include_usage\":true}";
    private static final String WEATHER = """
            ,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
            "required":["city","days","unit"],"properties":{"city":{"type":"string"},"days":{"type":"integer"},
            "unit":{"enum":["celsius","kelvin"]},"note":{"type":"string"}}}}}]""";

    private final SimClient client = new SimClient();
    private final TokenCounter counter = new TokenCounter(TimeSource.system());

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aPlainAnswerCountsWhatItSays() throws Exception {
        JsonNode answer = json(client.post(client.start(quick()), chat("Tell me about mountains", "")));

        String text = answer.at("/choices/0/message/content").asString();
        assertThat(text).contains("mountains");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/usage/completion_tokens").asLong()).isEqualTo(counter.count(text));
        assertThat(answer.at("/usage/prompt_tokens").asLong()).isEqualTo(counter.count("Tell me about mountains") + 7);
        assertThat(answer.at("/usage/total_tokens").asLong())
                .isEqualTo(answer.at("/usage/prompt_tokens").asLong() + counter.count(text));
    }

    @Test
    void theSameRequestHasTheSameAnswerStreamedOrNot() throws Exception {
        SimServer sim = client.start(quick());

        String first = content(json(client.post(sim, chat("Speak about rivers", ""))));
        String again = content(json(client.post(sim, chat("Speak about rivers", ""))));
        String streamed = text(events(client.post(sim, chat("Speak about rivers", STREAM))));
        String other = content(json(client.post(sim, chat("Speak about deserts", ""))));

        assertThat(again).isEqualTo(first);
        assertThat(streamed).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void anotherSeedGivesAnotherAnswer() throws Exception {
        String one = content(json(client.post(client.start(quick()), chat("Speak about rivers", ""))));
        Simulation reseeded = new Simulation(2, Duration.ZERO, 100_000, 8, 1_000, 0, 0, 0, 0, 0, 0);

        assertThat(content(json(client.post(client.start(reseeded), chat("Speak about rivers", "")))))
                .isNotEqualTo(one);
    }

    @Test
    void aStreamHasOneChunkForEachTokenAndThenItsUsage() throws Exception {
        List<String> events = events(client.post(client.start(quick()), chat("Hello there", STREAM_WITH_USAGE)));

        assertThat(events.getLast()).isEqualTo("[DONE]");
        JsonNode usage = JSON.readTree(events.get(events.size() - 2));
        assertThat(usage.path("choices").isEmpty()).isTrue();
        List<JsonNode> chunks = chunks(events.subList(0, events.size() - 2));
        assertThat(chunks)
                .allMatch(chunk -> chunk.has("usage") && chunk.path("usage").isNull());
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(chunks).hasSize(usage.at("/usage/completion_tokens").asInt() + 2);
    }

    @Test
    void aStreamWithoutAWishForUsageHasNone() throws Exception {
        assertThat(events(client.post(client.start(quick()), chat("Hello there", STREAM))))
                .noneMatch(event -> event.contains("usage"));
    }

    @Test
    void aRunningCountComesWithEveryChunk() throws Exception {
        String options = STREAM + ",\"stream_options\":{\"continuous_usage_stats\":true}";
        List<String> events = events(client.post(client.start(quick()), chat("Hello there", options)));

        List<JsonNode> chunks = chunks(events.subList(0, events.size() - 1));
        for (int i = 0; i < chunks.size() - 1; i++) {
            assertThat(chunks.get(i).at("/usage/completion_tokens").asInt()).isEqualTo(i);
        }
    }

    @Test
    void maxTokensCutTheAnswer() throws Exception {
        SimServer sim = client.start(quick());

        JsonNode plain = json(client.post(sim, chat("Hello there", ",\"max_tokens\":7")));
        JsonNode newer = json(client.post(sim, chat("Hello there", ",\"max_tokens\":7,\"max_completion_tokens\":3")));

        assertThat(plain.at("/usage/completion_tokens").asInt()).isEqualTo(7);
        assertThat(plain.at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(newer.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void aFieldThatIsNullCountsAsAbsent() throws Exception {
        SimServer sim = client.start(quick());
        String nulls = ",\"n\":null,\"max_tokens\":null,\"max_completion_tokens\":null,\"seed\":null,\"stream\":null,"
                + "\"stream_options\":null,\"tools\":null,\"tool_choice\":null";

        assertThat(content(json(client.post(sim, chat("Hello there", nulls)))))
                .isEqualTo(content(json(client.post(sim, chat("Hello there", "")))));
        assertThat(json(client.post(sim, chat("Hello there", ",\"max_completion_tokens\":null,\"max_tokens\":4")))
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    void eachChoiceHasItsOwnTextAndAllAreCounted() throws Exception {
        SimServer sim = client.start(quick());

        JsonNode answer = json(client.post(sim, chat("Hello there", ",\"n\":3")));
        List<String> events = events(client.post(sim, chat("Hello there", ",\"n\":3" + STREAM_WITH_USAGE)));

        List<String> texts = answer.path("choices")
                .valueStream()
                .map(choice -> choice.at("/message/content").asString())
                .toList();
        assertThat(texts).hasSize(3).doesNotHaveDuplicates();
        long tokens = texts.stream().mapToLong(counter::count).sum();
        assertThat(answer.at("/usage/completion_tokens").asLong()).isEqualTo(tokens);
        assertThat(JSON.readTree(events.get(events.size() - 2))
                        .at("/usage/completion_tokens")
                        .asLong())
                .isEqualTo(tokens);
    }

    @Test
    void reasoningAndCachedTokensAreSharesOfWhatIsCounted() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 0, 0, 0, 0, 500, 250));

        List<String> events = events(client.post(sim, chat("Speak about rivers", STREAM_WITH_USAGE)));

        JsonNode usage = JSON.readTree(events.get(events.size() - 2)).path("usage");
        long shown = counter.count(text(events));
        long output = usage.path("completion_tokens").asLong();
        assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asLong())
                .isEqualTo(output - shown)
                .isEqualTo(output / 4);
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").asLong())
                .isEqualTo(usage.path("prompt_tokens").asLong() / 2);
    }

    @Test
    void aToolThatTheUserNamesIsCalledWithItsRequiredArguments() throws Exception {
        SimServer sim = client.start(quick());

        JsonNode plain = json(client.post(sim, chat("Please use get_weather", WEATHER)));
        List<String> events = events(client.post(sim, chat("Please use get_weather", WEATHER + STREAM_WITH_USAGE)));

        JsonNode function = plain.at("/choices/0/message/tool_calls/0/function");
        assertThat(function.path("name").asString()).isEqualTo("get_weather");
        assertThat(function.path("arguments").asString())
                .isEqualTo("{\"city\":\"sample\",\"days\":1,\"unit\":\"celsius\"}");
        assertThat(plain.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
        List<JsonNode> calls = chunks(events.subList(0, events.size() - 1)).stream()
                .map(chunk -> chunk.at("/choices/0/delta/tool_calls/0"))
                .filter(call -> !call.isMissingNode())
                .toList();
        assertThat(calls.getFirst().path("id").asString()).startsWith("call_");
        assertThat(calls.getFirst().at("/function/arguments").asString()).isEmpty();
        assertThat(calls.stream().skip(1)).noneMatch(call -> call.has("id"));
        assertThat(calls.stream()
                        .map(call -> call.at("/function/arguments").asString())
                        .reduce("", String::concat))
                .isEqualTo(function.path("arguments").asString());
        assertThat(calls).hasSize(plain.at("/usage/completion_tokens").asInt());
    }

    @Test
    void toolChoiceForcesOrForbidsACall() throws Exception {
        SimServer sim = client.start(quick());

        assertThat(client.post(sim, chat("Hello", WEATHER)).body()).doesNotContain("tool_calls");
        assertThat(client.post(sim, chat("Hello", WEATHER + ",\"tool_choice\":\"required\""))
                        .body())
                .contains("tool_calls");
        assertThat(client.post(sim, chat("Use get_weather", WEATHER + ",\"tool_choice\":\"none\""))
                        .body())
                .doesNotContain("tool_calls");
        assertThat(client.post(sim, chat("Hello", WEATHER + named("get_weather")))
                        .body())
                .contains("tool_calls");
        assertThat(client.post(sim, chat("Hello", WEATHER + named("no_such"))).statusCode())
                .isEqualTo(400);
    }

    @Test
    void badRequestsAreAnsweredInTheEnvelopeThatNamesTheField() throws Exception {
        SimServer sim = client.start(quick());

        assertThat(fault(client.post(sim, "{nonsense"))).isEqualTo("400 null");
        assertThat(fault(client.post(sim, "[]"))).isEqualTo("400 null");
        assertThat(fault(client.post(sim, "{\"model\":\"m\"}"))).isEqualTo("400 messages");
        assertThat(fault(client.post(sim, "{\"messages\":[{}]}"))).isEqualTo("400 model");
        assertThat(fault(client.post(sim, chat("Hello", ",\"n\":0")))).isEqualTo("400 n");
        assertThat(fault(client.post(sim, chat("Hello", ",\"max_tokens\":\"many\""))))
                .isEqualTo("400 max_tokens");
        assertThat(fault(client.post(sim, " ".repeat((10 << 20) + 1)))).isEqualTo("413 null");
        assertThat(fault(client.get(sim, "/v1/nothing"))).isEqualTo("404 null");
        assertThat(fault(client.get(sim, "/v1/chat/completions"))).isEqualTo("405 null");
    }

    @Test
    void itListsAModelAndSaysThatItIsWell() throws Exception {
        SimServer sim = client.start(quick());

        assertThat(json(client.get(sim, "/v1/models")).at("/data/0/object").asString())
                .isEqualTo("model");
        assertThat(client.get(sim, "/health").statusCode()).isEqualTo(200);
    }

    @Test
    void aLongPromptIsCountedToTheEnd() throws Exception {
        String words = "again and ".repeat(50_000);
        JsonNode answer = json(client.post(client.start(quick()), chat(words, "")));

        assertThat(answer.at("/usage/prompt_tokens").asLong()).isEqualTo(counter.count(words) + 7);
    }

    private static String named(String function) {
        return ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"" + function + "\"}}";
    }
}
