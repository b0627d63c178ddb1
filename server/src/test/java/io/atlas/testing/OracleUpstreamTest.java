package io.atlas.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.testing.Entry.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OracleUpstreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final OracleUpstream oracle = OracleUpstream.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.shutdownNow();
        oracle.close();
    }

    @Test
    void aPlainAnswerStandsInTheJournalAsItWasGiven() throws Exception {
        HttpResponse<String> response = post("words-12", "r-1", "");

        assertThat(response.body()).contains("\"prompt_tokens\":4", "\"completion_tokens\":12", "\"total_tokens\":16");
        Entry entry = oracle.journal().await("r-1", PATIENCE);
        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Ending.FINISHED);
        assertThat(entry.promptTokens()).isEqualTo(4);
        assertThat(entry.completionTokens()).isEqualTo(12);
        assertThat(entry.headers()).containsEntry("content-type", "application/json");
        assertThat(entry.body()).contains("what is the weather");
    }

    @Test
    void aStreamHasOneChunkForEachToken() throws Exception {
        List<String> lines = lines(post("words-12", "r-2", stream("include_usage")));

        assertThat(lines)
                .filteredOn(line -> line.contains("\"content\":\"") && !line.contains("role"))
                .hasSize(12);
        assertThat(lines.get(lines.size() - 2)).contains("\"choices\":[]", "\"completion_tokens\":12");
        assertThat(lines.getLast()).isEqualTo("data: [DONE]");
    }

    @Test
    void aRunningCountComesWithEveryChunk() throws Exception {
        List<String> lines = lines(post("words-3", "r-3", stream("continuous_usage_stats")));

        assertThat(lines.subList(0, lines.size() - 1)).hasSize(5).allMatch(line -> line.contains("\"usage\":{"));
    }

    @Test
    void maxTokensCutEachChoice() throws Exception {
        String body = post("words-12", "r-4", ",\"max_tokens\":5,\"n\":2").body();

        assertThat(body).contains("\"completion_tokens\":10", "\"finish_reason\":\"length\"", "\"index\":1");
    }

    @Test
    void aFieldThatIsNullCountsAsAbsent() throws Exception {
        String nulls = ",\"max_completion_tokens\":null,\"max_tokens\":5,\"n\":null,\"stream\":null";

        assertThat(post("words-12", "r-8", nulls).body()).contains("\"completion_tokens\":5");
    }

    @Test
    void theModelsNameSteersWhatHappens() throws Exception {
        assertThat(post("echo", "r", "").body()).contains("\"content\":\"what is the weather\"");
        assertThat(post("error-429", "r", "").statusCode()).isEqualTo(429);
        assertThat(post("error-429", "r", "").headers().firstValue("retry-after"))
                .hasValue("1");
        assertThat(post("error-400", "r", "").statusCode()).isEqualTo(400);
        assertThat(post("overcount-300", "r", "").body()).contains("\"completion_tokens\":308");
        assertThat(post("no-usage", "r", stream("include_usage")).body()).doesNotContain("completion_tokens");
        assertThat(post("tool", "r", tools()).body())
                .contains("\"name\":\"weather\"", "\"finish_reason\":\"tool_calls\"");
        assertThat(oracle.journal().of("r")).hasSize(7);
    }

    @Test
    void aStreamIsCutByAReset() throws Exception {
        assertThatThrownBy(() -> post("cut-5", "r-5", stream("include_usage"))).isInstanceOf(IOException.class);

        Entry entry = oracle.journal().await("r-5", PATIENCE);
        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Ending.CUT);
        assertThat(entry.completionTokens()).isEqualTo(5);
    }

    @Test
    void aClientWhoLeavesIsSeenAtOnce() throws Exception {
        HttpResponse<InputStream> response =
                client.send(request("slow-1000-20", "r-6", stream("include_usage")), BodyHandlers.ofInputStream());
        response.body().readNBytes(100);
        response.body().close();

        Entry entry = oracle.journal().await("r-6", PATIENCE);
        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Ending.LEFT);
        assertThat(entry.completionTokens()).isLessThan(1000);
        assertThat(entry.took()).isPresent();
    }

    @Test
    void aClientWhoLeavesIsSeenEvenWhileNothingIsSaid() throws Exception {
        var answer = client.sendAsync(request("hang", "r-7", ""), BodyHandlers.ofString());
        Entry entry = oracle.journal().await("r-7", PATIENCE);
        assertThat(entry.ending()).isEmpty();
        answer.cancel(true);

        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Ending.LEFT);
    }

    @Test
    void aConnectionIsUsedAgain() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(post("words-2", "again", stream("include_usage")).statusCode())
                    .isEqualTo(200);
        }
        assertThat(oracle.journal().of("again")).hasSize(20).allMatch(entry -> entry.completionTokens() == 2);
    }

    private HttpResponse<String> post(String model, String mark, String more) throws Exception {
        return client.send(request(model, mark, more), BodyHandlers.ofString());
    }

    private HttpRequest request(String model, String mark, String more) {
        String body = "{\"model\":\"" + model + "\",\"user\":\"" + mark
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"what is the weather\"}]" + more + "}";
        return HttpRequest.newBuilder(oracle.uri().resolve("/v1/chat/completions"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static String stream(String option) {
        return ",\"stream\":true,\"stream_options\":{\"" + option + "\":true}";
    }

    private static String tools() {
        return ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{}}}]";
    }

    private static List<String> lines(HttpResponse<String> response) {
        return response.body().lines().filter(line -> !line.isEmpty()).toList();
    }
}
