package io.atlas.upstream.figures;

import io.atlas.kernel.capacity.Reading;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a model server's metrics say of its capacity, whichever it is: vLLM (docs.vllm.ai, usage/metrics), SGLang
 * (docs.sglang.ai, production_metrics) or Triton with TensorRT-LLM (its metrics by the backend's {@code custom_metrics}).
 * What was renamed is known by both names.
 */
public final class Figures {
    private static final String VLLM_WAITING = "vllm:num_requests_waiting";
    private static final String VLLM_USED = "vllm:kv_cache_usage_perc";
    private static final String VLLM_USED_BEFORE = "vllm:gpu_cache_usage_perc";
    private static final String VLLM_CACHE = "vllm:cache_config_info";
    private static final String VLLM_PREEMPTIONS = "vllm:num_preemptions_total";
    private static final String VLLM_PREEMPTIONS_BEFORE = "vllm:num_preemptions";
    private static final String SGLANG_WAITING = "sglang:num_queue_reqs";
    private static final String SGLANG_USED = "sglang:token_usage";
    private static final String SGLANG_TOKENS = "sglang:max_total_num_tokens";
    private static final String TRITON_REQUESTS = "nv_trt_llm_request_metrics";
    private static final String TRITON_PENDING = "nv_inference_pending_request_count";
    private static final String TRITON_CACHE = "nv_trt_llm_kv_cache_block_metrics";

    private static final Set<String> WANTED = Set.of(
            VLLM_WAITING,
            VLLM_USED,
            VLLM_USED_BEFORE,
            VLLM_CACHE,
            VLLM_PREEMPTIONS,
            VLLM_PREEMPTIONS_BEFORE,
            SGLANG_WAITING,
            SGLANG_USED,
            SGLANG_TOKENS,
            TRITON_REQUESTS,
            TRITON_PENDING,
            TRITON_CACHE);

    private Figures() {}

    /** What is said in Prometheus' text format; of what is not there, nothing. */
    public static Reading of(String text) {
        Exposition told = Exposition.of(text, WANTED);
        return new Reading(
                first(
                        told.sum(VLLM_WAITING, SGLANG_WAITING),
                        first(labelled(told, TRITON_REQUESTS, "waiting"), told.sum(TRITON_PENDING))),
                first(
                        told.values(VLLM_USED, VLLM_USED_BEFORE, SGLANG_USED).average(),
                        labelled(told, TRITON_CACHE, "fraction")),
                kvTokens(told),
                told.sum(VLLM_PREEMPTIONS, VLLM_PREEMPTIONS_BEFORE));
    }

    private static OptionalLong kvTokens(Exposition told) {
        double vllm = told.all(VLLM_CACHE).stream()
                .mapToDouble(sample -> number(sample, "num_gpu_blocks") * number(sample, "block_size"))
                .sum();
        double sglang = told.sum(SGLANG_TOKENS).orElse(0);
        double triton = labelled(told, TRITON_CACHE, "max").orElse(0)
                * labelled(told, TRITON_CACHE, "tokens_per").orElse(0);
        double tokens = Math.max(vllm, Math.max(sglang, triton));
        return tokens >= 1 ? OptionalLong.of((long) tokens) : OptionalLong.empty();
    }

    /** vLLM writes {@code None} where it does not know. */
    private static double number(Exposition.Sample sample, String label) {
        String value = sample.labels().getOrDefault(label, "");
        return value.matches("[0-9]{1,12}") ? Double.parseDouble(value) : 0;
    }

    /** The number of that name which has a label of that value: of Triton's figures one label says what is counted. */
    private static OptionalDouble labelled(Exposition told, String name, String label) {
        return told.all(name).stream()
                .filter(sample -> sample.labels().containsValue(label))
                .mapToDouble(Exposition.Sample::value)
                .findFirst();
    }

    private static OptionalDouble first(OptionalDouble one, OptionalDouble other) {
        return one.isPresent() ? one : other;
    }
}
