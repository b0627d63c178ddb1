package io.atlas.upstream.sim;

import static io.atlas.upstream.sim.SimClient.STREAM;
import static io.atlas.upstream.sim.SimClient.chat;
import static io.atlas.upstream.sim.SimClient.events;
import static io.atlas.upstream.sim.SimClient.json;
import static io.atlas.upstream.sim.SimClient.quick;
import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.model.Simulation;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulated server's metrics are vLLM's by name and true by number. */
@Timeout(30)
class SimMetricsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String M = "{engine=\"0\",model_name=\"m\"}";

    private final SimClient client = new SimClient();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void everyNameIsThereBeforeTheFirstRequest() throws Exception {
        SimServer sim = client.start(quick());

        assertThat(List.of(
                        "vllm:num_requests_running",
                        "vllm:num_requests_waiting",
                        "vllm:kv_cache_usage_perc",
                        "vllm:gpu_cache_usage_perc",
                        "vllm:prompt_tokens_total",
                        "vllm:generation_tokens_total",
                        "vllm:time_to_first_token_seconds_count",
                        "vllm:inter_token_latency_seconds_count",
                        "vllm:time_per_output_token_seconds_count",
                        "vllm:e2e_request_latency_seconds_count",
                        "vllm:request_queue_time_seconds_count"))
                .allSatisfy(name -> assertThat(samples(sim)).contains(name + "{engine=\"0\",model_name=\"sim\"} 0"));
        assertThat(samples(sim))
                .contains("vllm:request_success_total{engine=\"0\",finished_reason=\"stop\",model_name=\"sim\"} 0");
    }

    @Test
    void tokensAndEndsAreThoseThatTheAnswersReport() throws Exception {
        SimServer sim = client.start(quick());

        List<JsonNode> usages = List.of(
                json(client.post(sim, chat("Speak about rivers", ""))).path("usage"),
                json(client.post(sim, chat("Speak about rivers", ",\"n\":3"))).path("usage"),
                json(client.post(sim, chat("Speak about deserts", ",\"max_tokens\":7")))
                        .path("usage"),
                streamed(sim, chat("Speak about lakes", STREAM + ",\"stream_options\":{\"include_usage\":true}")));
        client.post(sim, "{nonsense");

        assertThat(value(sim, "vllm:prompt_tokens_total" + M)).isEqualTo(sum(usages, "prompt_tokens"));
        assertThat(value(sim, "vllm:generation_tokens_total" + M)).isEqualTo(sum(usages, "completion_tokens"));
        assertThat(value(sim, ended("stop"))).isEqualTo(3);
        assertThat(value(sim, ended("length"))).isEqualTo(1);
        assertThat(value(sim, ended("abort"))).isZero();
        assertThat(value(sim, "vllm:time_to_first_token_seconds_count" + M)).isEqualTo(4);
        assertThat(value(sim, "vllm:e2e_request_latency_seconds_count" + M)).isEqualTo(4);
    }

    @Test
    void timesAreThoseOfTheSimulation() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ofMillis(200), 100, 8, 10, 0, 0, 0, 0, 0, 0));

        client.post(sim, chat("Speak about rivers", ",\"max_tokens\":11"));
        client.post(sim, chat("Speak about rivers", ",\"max_tokens\":11" + STREAM));

        assertThat(value(sim, "vllm:time_to_first_token_seconds_sum" + M)).isBetween(0.4, 1.5);
        assertThat(value(sim, "vllm:inter_token_latency_seconds_count" + M)).isEqualTo(20);
        assertThat(value(sim, "vllm:inter_token_latency_seconds_sum" + M)).isBetween(0.19, 1.5);
        assertThat(value(sim, "vllm:time_per_output_token_seconds_count" + M)).isEqualTo(20);
        assertThat(value(sim, "vllm:e2e_request_latency_seconds_sum" + M)).isBetween(0.6, 3.0);
    }

    @Test
    void whoIsServedWhoWaitsAndWhoLeavesIsTold() throws Exception {
        SimServer sim = client.start(new Simulation(1, Duration.ofMillis(1), 1, 1, 1, 0, 0, 0, 0, 0, 0));

        HttpResponse<InputStream> served = client.open(sim, chat("Speak about rivers", STREAM));
        CompletableFuture<HttpResponse<String>> waiting = client.postLater(sim, chat("Speak about lakes", STREAM));
        await(sim, "vllm:num_requests_waiting" + M, 1);

        assertThat(client.post(sim, chat("Hello", "")).statusCode()).isEqualTo(503);
        assertThat(value(sim, "vllm:num_requests_running" + M)).isEqualTo(1);
        assertThat(value(sim, "vllm:kv_cache_usage_perc" + M)).isEqualTo(1);
        assertThat(value(sim, "vllm:gpu_cache_usage_perc" + M)).isEqualTo(1);

        waiting.cancel(true);
        await(sim, "vllm:num_requests_waiting" + M, 0);
        served.body().close();
        await(sim, "vllm:num_requests_running" + M, 0);

        assertThat(value(sim, "vllm:kv_cache_usage_perc" + M)).isZero();
        assertThat(value(sim, ended("abort"))).isEqualTo(2);
        assertThat(value(sim, ended("stop"))).isZero();
    }

    @Test
    void namesOfModelsThatCallersMakeUpAreBounded() throws Exception {
        SimServer sim = client.start(quick());

        for (int i = 0; i < 120; i++) {
            String body = chat("Hello", ",\"max_tokens\":1").replace("\"m\"", "\"model-" + i + "\"");
            assertThat(client.post(sim, body).statusCode()).isEqualTo(200);
        }

        assertThat(samples(sim).stream().filter(line -> line.startsWith("vllm:num_requests_running")))
                .hasSize(101);
        assertThat(value(sim, ended("length").replace("\"m\"", "\"other\""))).isEqualTo(21);
    }

    private JsonNode streamed(SimServer sim, String body) throws Exception {
        List<String> events = events(client.post(sim, body));
        return JSON.readTree(events.get(events.size() - 2)).path("usage");
    }

    private static double sum(List<JsonNode> usages, String field) {
        return usages.stream().mapToLong(usage -> usage.path(field).asLong()).sum();
    }

    private static String ended(String reason) {
        return "vllm:request_success_total{engine=\"0\",finished_reason=\"" + reason + "\",model_name=\"m\"}";
    }

    private void await(SimServer sim, String sample, double expected) throws Exception {
        while (value(sim, sample) != expected) {
            Thread.onSpinWait();
        }
    }

    private double value(SimServer sim, String sample) throws Exception {
        return samples(sim).stream()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .sum();
    }

    /** The samples without the points of their values that are whole. */
    private List<String> samples(SimServer sim) throws Exception {
        HttpResponse<String> response = client.get(sim, "/metrics");
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
        return response.body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.endsWith(".0") ? line.substring(0, line.length() - 2) : line)
                .toList();
    }
}
