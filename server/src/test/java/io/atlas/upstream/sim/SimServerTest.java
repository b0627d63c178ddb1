package io.atlas.upstream.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.config.Endpoint;
import io.atlas.config.Simulation;
import io.atlas.time.TimeSource;
import io.atlas.tokenizer.TokenCounter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class SimServerTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String STREAM = ",\"stream\":true";
    private static final String STREAM_WITH_USAGE = STREAM + ",\"stream_options\":{\"include_usage\":true}";
    private static final String WEATHER = """
            ,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
            "required":["city","days","unit"],"properties":{"city":{"type":"string"},"days":{"type":"integer"},
            "unit":{"enum":["celsius","kelvin"]},"note":{"type":"string"}}}}}]""";

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TokenCounter counter = new TokenCounter(TimeSource.system());

    @AfterEach
    void close() {
        client.shutdownNow();
        await(vertx.close());
    }

    @Test
    void aPlainAnswerCountsWhatItSays() throws Exception {
        JsonNode answer = json(post(start(quick()), chat("Tell me about mountains", "")));

        String text = answer.at("/choices/0/message/content").asString();
        assertThat(text).contains("mountains");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/usage/completion_tokens").asLong()).isEqualTo(counter.count(text));
        assertThat(answer.at("/usage/prompt_tokens").asLong()).isEqualTo(counter.count("Tell me about mountains") + 6);
        assertThat(answer.at("/usage/total_tokens").asLong())
                .isEqualTo(answer.at("/usage/prompt_tokens").asLong() + counter.count(text));
    }

    @Test
    void theSameRequestHasTheSameAnswerStreamedOrNot() throws Exception {
        SimServer sim = start(quick());

        String first = content(json(post(sim, chat("Speak about rivers", ""))));
        String again = content(json(post(sim, chat("Speak about rivers", ""))));
        String streamed = text(events(post(sim, chat("Speak about rivers", STREAM))));
        String other = content(json(post(sim, chat("Speak about deserts", ""))));

        assertThat(again).isEqualTo(first);
        assertThat(streamed).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void anotherSeedGivesAnotherAnswer() throws Exception {
        String one = content(json(post(start(quick()), chat("Speak about rivers", ""))));
        Simulation reseeded = new Simulation(2, Duration.ZERO, 100_000, 8, 1_000, 0, 0, 0, 0, 0, 0);

        assertThat(content(json(post(start(reseeded), chat("Speak about rivers", "")))))
                .isNotEqualTo(one);
    }

    @Test
    void aStreamHasOneChunkForEachTokenAndThenItsUsage() throws Exception {
        List<String> events = events(post(start(quick()), chat("Hello there", STREAM_WITH_USAGE)));

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
        assertThat(events(post(start(quick()), chat("Hello there", STREAM))))
                .noneMatch(event -> event.contains("usage"));
    }

    @Test
    void aRunningCountComesWithEveryChunk() throws Exception {
        String options = STREAM + ",\"stream_options\":{\"continuous_usage_stats\":true}";
        List<String> events = events(post(start(quick()), chat("Hello there", options)));

        List<JsonNode> chunks = chunks(events.subList(0, events.size() - 1));
        for (int i = 0; i < chunks.size() - 1; i++) {
            assertThat(chunks.get(i).at("/usage/completion_tokens").asInt()).isEqualTo(i);
        }
    }

    @Test
    void maxTokensCutTheAnswer() throws Exception {
        SimServer sim = start(quick());

        JsonNode plain = json(post(sim, chat("Hello there", ",\"max_tokens\":7")));
        JsonNode newer = json(post(sim, chat("Hello there", ",\"max_tokens\":7,\"max_completion_tokens\":3")));

        assertThat(plain.at("/usage/completion_tokens").asInt()).isEqualTo(7);
        assertThat(plain.at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(newer.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void eachChoiceHasItsOwnTextAndAllAreCounted() throws Exception {
        SimServer sim = start(quick());

        JsonNode answer = json(post(sim, chat("Hello there", ",\"n\":3")));
        List<String> events = events(post(sim, chat("Hello there", ",\"n\":3" + STREAM_WITH_USAGE)));

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
        SimServer sim = start(new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 0, 0, 0, 0, 500, 250));

        List<String> events = events(post(sim, chat("Speak about rivers", STREAM_WITH_USAGE)));

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
        SimServer sim = start(quick());

        JsonNode plain = json(post(sim, chat("Please use get_weather", WEATHER)));
        List<String> events = events(post(sim, chat("Please use get_weather", WEATHER + STREAM_WITH_USAGE)));

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
        SimServer sim = start(quick());

        assertThat(post(sim, chat("Hello", WEATHER)).body()).doesNotContain("tool_calls");
        assertThat(post(sim, chat("Hello", WEATHER + ",\"tool_choice\":\"required\""))
                        .body())
                .contains("tool_calls");
        assertThat(post(sim, chat("Use get_weather", WEATHER + ",\"tool_choice\":\"none\""))
                        .body())
                .doesNotContain("tool_calls");
        assertThat(post(sim, chat("Hello", WEATHER + named("get_weather"))).body())
                .contains("tool_calls");
        assertThat(post(sim, chat("Hello", WEATHER + named("no_such"))).statusCode())
                .isEqualTo(400);
    }

    @Test
    void badRequestsAreAnsweredInTheEnvelopeThatNamesTheField() throws Exception {
        SimServer sim = start(quick());

        assertThat(fault(post(sim, "{nonsense"))).isEqualTo("400 null");
        assertThat(fault(post(sim, "[]"))).isEqualTo("400 null");
        assertThat(fault(post(sim, "{\"model\":\"m\"}"))).isEqualTo("400 messages");
        assertThat(fault(post(sim, "{\"messages\":[{}]}"))).isEqualTo("400 model");
        assertThat(fault(post(sim, chat("Hello", ",\"n\":0")))).isEqualTo("400 n");
        assertThat(fault(post(sim, chat("Hello", ",\"max_tokens\":\"many\"")))).isEqualTo("400 max_tokens");
        assertThat(fault(post(sim, " ".repeat((10 << 20) + 1)))).isEqualTo("413 null");
        assertThat(fault(get(sim, "/v1/nothing"))).isEqualTo("404 null");
        assertThat(fault(get(sim, "/v1/chat/completions"))).isEqualTo("405 null");
    }

    @Test
    void itListsAModelAndSaysThatItIsWell() throws Exception {
        SimServer sim = start(quick());

        assertThat(json(get(sim, "/v1/models")).at("/data/0/object").asString()).isEqualTo("model");
        assertThat(get(sim, "/health").statusCode()).isEqualTo(200);
    }

    @Test
    void aLongPromptIsCountedToTheEnd() throws Exception {
        String words = "again and ".repeat(50_000);
        JsonNode answer = json(post(start(quick()), chat(words, "")));

        assertThat(answer.at("/usage/prompt_tokens").asLong()).isEqualTo(counter.count(words) + 6);
    }

    @Test
    void tokensComeAtTheirPaceAfterTheFirst() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ofMillis(100), 100, 8, 10, 0, 0, 0, 0, 0, 0));
        long start = System.nanoTime();

        json(post(sim, chat("Hello there", ",\"max_tokens\":11")));
        long plain = System.nanoTime();
        events(post(sim, chat("Hello there", ",\"max_tokens\":11" + STREAM)));
        long streamed = System.nanoTime();

        assertThat(Duration.ofNanos(plain - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(Duration.ofNanos(streamed - plain)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void moreThanSlotsAndQueueHoldIsTurnedAway() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ofSeconds(60), 1, 1, 1, 0, 0, 0, 0, 0, 0));
        BlockingQueue<HttpResponse<String>> answers = new LinkedBlockingQueue<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Boolean> _ = client.sendAsync(
                            request(sim, chat("Hello there", "")), BodyHandlers.ofString())
                    .thenApply(answers::add);
        }

        HttpResponse<String> first = Objects.requireNonNull(answers.poll(10, TimeUnit.SECONDS));

        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.headers().firstValue("retry-after")).hasValue("1");
        assertThat(answers).isEmpty();
    }

    @Test
    void whoWaitsIsServedWhenASlotGetsFree() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ofMillis(20), 1_000, 1, 10, 0, 0, 0, 0, 0, 0));
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(client.sendAsync(request(sim, chat("Hello there", "")), BodyHandlers.ofString()));
        }

        for (CompletableFuture<HttpResponse<String>> answer : asked) {
            assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aClientWhoLeavesFreesItsSlot() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ZERO, 1, 1, 10, 0, 0, 0, 0, 0, 0));
        HttpResponse<InputStream> endless =
                client.send(request(sim, chat("Hello there", STREAM)), BodyHandlers.ofInputStream());
        endless.body().readNBytes(20);
        var next = client.sendAsync(request(sim, chat("Hello there", ",\"max_tokens\":1")), BodyHandlers.ofString());
        assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        endless.body().close();

        assertThat(next.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void aClientWhoLeavesTheQueueTakesNoSlot() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ZERO, 1, 1, 10, 0, 0, 0, 0, 0, 0));
        HttpResponse<InputStream> endless =
                client.send(request(sim, chat("Hello there", STREAM)), BodyHandlers.ofInputStream());
        endless.body().readNBytes(20);
        HttpRequest impatient = HttpRequest.newBuilder(request(sim, chat("Hello there", STREAM)), (_, _) -> true)
                .timeout(Duration.ofMillis(200))
                .build();
        assertThatThrownBy(() -> client.send(impatient, BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);

        endless.body().close();

        assertThat(post(sim, chat("Hello there", ",\"max_tokens\":1")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void faultsComeInTheirShares() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 200, 100, 0, 0, 0, 0));
        int failed = 0;
        int throttled = 0;
        for (int i = 0; i < 500; i++) {
            HttpResponse<String> response = post(sim, chat("Question " + i, ",\"max_tokens\":1"));
            failed += response.statusCode() == 500 ? 1 : 0;
            throttled += response.statusCode() == 429 ? 1 : 0;
        }

        assertThat(failed).isBetween(70, 130);
        assertThat(throttled).isBetween(30, 70);
    }

    @Test
    void aThrottledRequestIsToldWhenToComeAgain() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 0, 1_000, 0, 0, 0, 0));

        assertThat(post(sim, chat("Hello", "")).headers().firstValue("retry-after"))
                .hasValue("1");
    }

    @Test
    void aCutStreamEndsInTheMiddleWithAnError() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ZERO, 100_000, 1, 1_000, 0, 0, 0, 1_000, 0, 0));

        for (int i = 0; i < 3; i++) {
            InputStream body = client.send(request(sim, chat("Hello there", STREAM)), BodyHandlers.ofInputStream())
                    .body();
            List<String> seen = new ArrayList<>();
            assertThatThrownBy(() -> readInto(seen, body)).isInstanceOf(IOException.class);
            assertThat(seen).hasSizeGreaterThan(3).doesNotContain("data: [DONE]");
        }
    }

    @Test
    void aStalledStreamHoldsItsSlotUntilTheClientLeaves() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ZERO, 100_000, 1, 0, 0, 0, 1_000, 0, 0, 0));
        HttpResponse<InputStream> stalled =
                client.send(request(sim, chat("Hello there", STREAM)), BodyHandlers.ofInputStream());
        stalled.body().readNBytes(200);

        assertThat(post(sim, chat("Hello there", "")).statusCode()).isEqualTo(503);
        stalled.body().close();
        int status = 503;
        while (status == 503) {
            status = post(sim, chat("Hello there", "")).statusCode();
        }

        assertThat(status).isEqualTo(200);
    }

    @Test
    void aClosedServerBreaksOffItsAnswers() throws Exception {
        SimServer sim = start(new Simulation(1, Duration.ofSeconds(60), 1, 8, 8, 0, 0, 0, 0, 0, 0));
        var open = client.sendAsync(request(sim, chat("Hello there", "")), BodyHandlers.ofString());
        assertThat(get(sim, "/health").statusCode()).isEqualTo(200);

        await(sim.close());

        assertThatThrownBy(() -> open.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    private SimServer start(Simulation simulation) {
        var started = SimServer.start(vertx, simulation, new Endpoint("127.0.0.1", 0), TimeSource.system());
        await(started);
        return Objects.requireNonNull(started.result());
    }

    private static <T> void await(Future<T> future) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private static Simulation quick() {
        return new Simulation(1, Duration.ZERO, 100_000, 8, 1_000, 0, 0, 0, 0, 0, 0);
    }

    private static String chat(String content, String more) {
        return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]" + more + "}";
    }

    private static String named(String function) {
        return ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"" + function + "\"}}";
    }

    private static HttpRequest request(SimServer sim, String body) {
        return HttpRequest.newBuilder(uri(sim, "/v1/chat/completions"))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private static URI uri(SimServer sim, String path) {
        return URI.create("http://127.0.0.1:" + sim.port() + path);
    }

    private HttpResponse<String> post(SimServer sim, String body) throws Exception {
        return client.send(request(sim, body), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(SimServer sim, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(sim, path)).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static String content(JsonNode answer) {
        return answer.at("/choices/0/message/content").asString();
    }

    private static String fault(HttpResponse<String> response) {
        return response.statusCode() + " "
                + JSON.readTree(response.body()).at("/error/param").asString("null");
    }

    private static List<String> events(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        return response.body()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    private static List<JsonNode> chunks(List<String> events) {
        return events.stream().map(JSON::readTree).toList();
    }

    private static String text(List<String> events) {
        return chunks(events.stream().filter(event -> !event.equals("[DONE]")).toList()).stream()
                .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                .reduce("", String::concat);
    }

    private static void readInto(List<String> seen, InputStream body) throws IOException {
        try (var reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                seen.add(line);
            }
        }
    }
}
