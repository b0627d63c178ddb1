package io.atlas.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BesideTest {
    private static final long CONTEXT = 128_000;

    @Test
    void tokenIdsAreWhatTheyAre() {
        assertThat(Beside.of(0, 100, 0, CONTEXT)).isEqualTo(new Beside(100, 100));
    }

    @Test
    void aTextMayHaveAMarkAtEachEnd() {
        assertThat(Beside.of(3, 0, 0, CONTEXT)).isEqualTo(new Beside(6, 0));
    }

    @Test
    void anImageIsHeldAtMoreThanAnyModelMakesOfItAndNeverBeyondTheContext() {
        assertThat(Beside.of(0, 0, 1, CONTEXT)).isEqualTo(new Beside(48_169, 765));
        assertThat(Beside.of(0, 0, 3, CONTEXT).atMostTokens()).isEqualTo(CONTEXT);
        assertThat(Beside.of(0, 0, 1, 1_000).likelyTokens()).isLessThanOrEqualTo(1_000);
    }
}
