package io.atlas.kernel.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void cachedIsPartOfTheInputAndReasoningOfTheOutput() {
        assertThat(new Usage(300, 200, 50, 20).totalTokens()).isEqualTo(350);
        assertThatThrownBy(() -> new Usage(300, 301, 50, 20)).hasMessage("cachedInputTokens: 301 (expected: 0 to 300)");
        assertThatThrownBy(() -> new Usage(300, 0, 50, 51)).hasMessage("reasoningTokens: 51 (expected: 0 to 50)");
    }

    @Test
    void noCountIsNegativeOrBeyondBelief() {
        assertThatThrownBy(() -> Usage.of(-1, 0)).hasMessage("inputTokens: -1 (expected: 0 to 4294967296)");
        assertThatThrownBy(() -> Usage.of(0, Usage.MAX_TOKENS + 1))
                .hasMessage("outputTokens: 4294967297 (expected: 0 to 4294967296)");
        assertThat(Usage.of(Usage.MAX_TOKENS, Usage.MAX_TOKENS).totalTokens()).isEqualTo(1L << 33);
    }
}
