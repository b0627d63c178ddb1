package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Fault;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What all routes have in common. */
class RouteTest {
    private static final List<String> DENIED = List.of(
            "api_base",
            "api_key",
            "audio",
            "base_url",
            "bootstrap_host",
            "bootstrap_port",
            "bootstrap_room",
            "cache_salt",
            "chat_template",
            "chat_template_kwargs",
            "custom_logit_processor",
            "custom_params",
            "data_parallel_rank",
            "disagg_prefill_dp_rank",
            "extra_args",
            "extra_body",
            "extra_headers",
            "extra_key",
            "extra_query",
            "input_embeds",
            "input_ids",
            "kv_transfer_params",
            "lora_path",
            "lora_request",
            "media_io_kwargs",
            "mm_processor_kwargs",
            "prediction",
            "priority",
            "prompt_embeds",
            "prompt_logprobs",
            "request_id",
            "return_hidden_states",
            "rid",
            "routed_dp_rank",
            "sampling_params",
            "session_params",
            "use_beam_search",
            "user_config",
            "vllm_xargs",
            "web_search_options");

    static Stream<Arguments> denied() {
        return Stream.of(Route.values()).flatMap(route -> DENIED.stream().map(field -> Arguments.of(route, field)));
    }

    @ParameterizedTest
    @MethodSource("denied")
    void aFieldThatSteersTheBackendIsRefusedByItsName(Route route, String field) {
        for (String value : List.of("1", "true", "null", "{\"priority\":1}", "\"x\"")) {
            Fault fault = Bodies.fault(route, Bodies.of(route, ",\"" + field + "\":" + value));
            assertThat(fault.status()).isEqualTo(400);
            assertThat(fault.code()).isEqualTo("invalid_" + field);
            assertThat(fault.param()).contains(field);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, prompt",
        "CHAT, input",
        "CHAT, echo",
        "CHAT, best_of",
        "COMPLETION, messages",
        "COMPLETION, input",
        "COMPLETION, max_completion_tokens",
        "EMBEDDING, messages",
        "EMBEDDING, prompt"
    })
    void aFieldOfAnotherRouteIsRefusedByItsName(Route route, String field) {
        assertThat(Bodies.fault(route, Bodies.of(route, ",\"" + field + "\":1")).code())
                .isEqualTo("invalid_" + field);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void fieldsThatNobodyHereKnowsPassThrough(Route route) {
        String body = Bodies.of(route, ",\"user\":\"ada\",\"top_k\":1.0e2,\"new\":{\"a\":[1]}");
        byte[] sent = Bodies.read(route, body)
                .forBackend(new OpenAiRequest.Target("large", 9, Optional.empty(), OpenAiRequest.Counting.AT_THE_END));
        assertThat(new String(sent, StandardCharsets.UTF_8))
                .startsWith(body.substring(0, body.length() - 1).replace("small", "large"));
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aBodyWithoutAModelOrAPromptIsRefused(Route route) {
        assertThat(Bodies.fault(route, "{}").code()).isEqualTo("invalid_model");
        String prompt = switch (route) {
            case CHAT -> "invalid_messages";
            case COMPLETION -> "invalid_prompt";
            case EMBEDDING -> "invalid_input";
        };
        assertThat(Bodies.fault(route, "{\"model\":\"m\"}").code()).isEqualTo(prompt);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aRouteIsFoundByItsPathAlone(Route route) {
        assertThat(Route.at(route.path())).contains(route);
        assertThat(Route.at(route.path() + "/")).isEmpty();
    }
}
