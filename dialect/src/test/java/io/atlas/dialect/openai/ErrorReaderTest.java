package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ErrorReaderTest {
    @Test
    void whereTheBackendStandsIsNotTold() {
        assertThat(message("no GPU at http://10.0.0.5:8000/v1, 10.0.0.6:80 or node-7.gpu.local:8000"))
                .isEqualTo("no GPU at [address] 10.0.0.6:80 or [address]".replace("10.0.0.6:80", "[address]"));
    }

    @Test
    void norAreHostsOfInsideWithoutAPort() {
        assertThat(message("gpu-7.internal is busy, ask vllm.prod.svc.cluster.local or version 4.2"))
                .isEqualTo("[address] is busy, ask [address] or version 4.2");
    }

    @Test
    void keysAreNotTold() {
        assertThat(message("Incorrect API key: sk-proj-0123456789abcdef")).isEqualTo("Incorrect API key: [key]");
    }

    @Test
    void stackTracesEndTheMessage() {
        assertThat(message("bad shape\\nTraceback (most recent call last):\\n  in b.py"))
                .isEqualTo("bad shape");
        assertThat(message("out of memory\\n\\tat ai.Worker.run(Worker.java:17)\\n\\tat x.Y.z(Y.java:1)"))
                .isEqualTo("out of memory");
        assertThat(message("torch.cuda.OutOfMemoryError: tried to allocate")).isEqualTo("[error]: tried to allocate");
        assertThat(message("Traceback (most recent call last)")).isEqualTo("no reason given");
    }

    @Test
    void theWordsOfARejectionStay() {
        String words =
                "This model's maximum context length is 4096 tokens. However, you requested 5000 (at max_tokens).";
        assertThat(message(words)).isEqualTo(words);
        assertThat(message("1 validation error for Request\\nbody.messages\\n  Field required"))
                .isEqualTo("1 validation error for Request body.messages   Field required");
    }

    private static String message(String text) {
        return ErrorReader.of(("{\"error\":{\"message\":\"" + text + "\"}}").getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
    }
}
