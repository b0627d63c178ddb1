package io.atlas.upstream.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.capacity.Reading;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Figures as the servers write them, each kind with the names of its versions. */
class FiguresTest {
    @Test
    void thoseOfVllmAreReadAndAddedUpOverItsEngines() {
        Reading reading = Figures.of("""
                # HELP vllm:num_requests_waiting Number of requests waiting to be processed.
                # TYPE vllm:num_requests_waiting gauge
                vllm:num_requests_waiting{engine="0",model_name="Qwen/Qwen3-4B"} 3.0
                vllm:num_requests_waiting{engine="1",model_name="Qwen/Qwen3-4B"} 4.0
                vllm:kv_cache_usage_perc{engine="0",model_name="Qwen/Qwen3-4B"} 0.5
                vllm:kv_cache_usage_perc{engine="1",model_name="Qwen/Qwen3-4B"} 0.7
                vllm:gpu_cache_usage_perc{engine="0",model_name="Qwen/Qwen3-4B"} 0.1
                vllm:num_preemptions_total{engine="0",model_name="Qwen/Qwen3-4B"} 12.0
                vllm:num_preemptions_created{engine="0",model_name="Qwen/Qwen3-4B"} 1.7e+09
                vllm:cache_config_info{block_size="16",cache_dtype="auto",engine="0",num_cpu_blocks="None",num_gpu_blocks="10000"} 1.0
                vllm:cache_config_info{block_size="16",cache_dtype="a \\"b\\\\,}",engine="1",num_gpu_blocks="20000"} 1.0
                """);
        assertThat(reading.waiting()).hasValue(7);
        assertThat(reading.kvUsed().orElseThrow()).isEqualTo(0.6);
        assertThat(reading.preemptions()).hasValue(12);
        assertThat(reading.kvTokens()).hasValue(480_000);
    }

    @Test
    void theOlderNameOfVllmsUsageIsKnown() {
        assertThat(Figures.of("vllm:gpu_cache_usage_perc{model_name=\"m\"} 0.25 1700000000000")
                        .kvUsed())
                .hasValue(0.25);
    }

    @Test
    void thoseOfSglangAreRead() {
        Reading reading = Figures.of("""
                sglang:num_running_reqs{model_name="m"} 162.0
                sglang:num_queue_reqs{model_name="m"} 2826.0
                sglang:token_usage{model_name="m"} 0.28
                sglang:max_total_num_tokens{model_name="m"} 454747.0
                """);
        assertThat(reading)
                .isEqualTo(new Reading(
                        OptionalDouble.of(2_826),
                        OptionalDouble.of(0.28),
                        OptionalLong.of(454_747),
                        OptionalDouble.empty()));
    }

    @Test
    void thoseOfTritonAreRead() {
        Reading reading = Figures.of("""
                nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="waiting",version="1"} 5
                nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="active",version="1"} 9
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="tensorrt_llm",version="1"} 0.4
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="tensorrt_llm",version="1"} 64
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="tensorrt_llm",version="1"} 400
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="tensorrt_llm",version="1"} 1000
                """);
        assertThat(reading.waiting()).hasValue(5);
        assertThat(reading.kvUsed()).hasValue(0.4);
        assertThat(reading.kvTokens()).hasValue(64_000);
        assertThat(Figures.of("nv_inference_pending_request_count{model=\"m\"} 8")
                        .waiting())
                .hasValue(8);
    }

    @Test
    void whatIsNotThereOrMakesNoSenseIsNotKnown() {
        assertThat(Figures.of("")).isEqualTo(Reading.NOTHING);
        assertThat(Figures.of("""
                vllm:num_requests_waiting{engine="0" 3
                vllm:num_requests_waiting{engine="0"} many
                vllm:num_requests_waiting{engine=
                vllm:num_requests_waiting
                vllm:kv_cache_usage_perc NaN
                vllm:cache_config_info{block_size="16",num_gpu_blocks="None"} 1
                <html>
                """)).isEqualTo(Reading.NOTHING);
    }

    @Test
    void noBytesAtAllBreakTheReading() {
        SplittableRandom random = new SplittableRandom(9);
        String alphabet = "vllm:num_requests_waiting{}=\"\\,. 019-eE\n";
        for (int seed = 0; seed < 20_000; seed++) {
            StringBuilder text = new StringBuilder("vllm:num_requests_waiting{");
            for (int i = 0; i < 40; i++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(Figures.of(text.toString()).kvTokens()).isEmpty();
        }
    }
}
