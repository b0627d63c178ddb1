package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.pool.Told;
import io.atlas.kernel.quota.Kind;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitsTest {
    private static final long NOW = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-11-26T10:00:00Z"));

    private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();

    @Test
    void openAiSaysRequestsAndTokensAndWhenAllIsBack() {
        headers.add("x-ratelimit-limit-requests", "500")
                .add("x-ratelimit-remaining-requests", "499")
                .add("x-ratelimit-reset-requests", "120ms")
                .add("x-ratelimit-limit-tokens", "200,000")
                .add("x-ratelimit-remaining-tokens", "150000")
                .add("x-ratelimit-reset-tokens", "6m0s");

        assertThat(told())
                .containsExactly(
                        new Told(Kind.REQUESTS, 500, 499, OptionalLong.of(120_000)),
                        new Told(Kind.TOKENS, 200_000, 150_000, OptionalLong.of(360_000_000)));
    }

    @Test
    void azureDoesNotSayWhen() {
        headers.add("x-ratelimit-limit-tokens", "100000").add("x-ratelimit-remaining-tokens", "0");

        assertThat(told()).containsExactly(new Told(Kind.TOKENS, 100_000, 0, OptionalLong.empty()));
    }

    @Test
    void anthropicSaysWhatComesInAndWhatGoesOutAndATime() {
        headers.add("anthropic-ratelimit-tokens-limit", "90000")
                .add("anthropic-ratelimit-tokens-remaining", "10000")
                .add("anthropic-ratelimit-input-tokens-limit", "80000")
                .add("anthropic-ratelimit-input-tokens-remaining", "79000")
                .add("anthropic-ratelimit-input-tokens-reset", "2026-11-26T10:00:01Z")
                .add("anthropic-ratelimit-output-tokens-limit", "16000")
                .add("anthropic-ratelimit-output-tokens-remaining", "16000")
                .add("anthropic-ratelimit-output-tokens-reset", "2026-11-26T09:59:59Z");

        assertThat(told())
                .containsExactly(
                        new Told(Kind.INPUT_TOKENS, 80_000, 79_000, OptionalLong.of(1_000_000)),
                        new Told(Kind.OUTPUT_TOKENS, 16_000, 16_000, OptionalLong.of(0)));
    }

    @ParameterizedTest
    @CsvSource({"1s,1000000", "7.66s,7660000", "1h2m3s,3723000000", "2ms,2000", "59,59000000", "0s,0"})
    void whenIsADurationOrSeconds(String text, long micros) {
        headers.add("x-ratelimit-limit-tokens", "100")
                .add("x-ratelimit-remaining-tokens", "1")
                .add("x-ratelimit-reset-tokens", text);

        assertThat(told()).extracting(Told::fullAfterMicros).containsExactly(OptionalLong.of(micros));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "", "many", "99999999999999999999", "1e3", "0x10"})
    void whatIsNoNumberIsNotSaid(String text) {
        headers.add("x-ratelimit-limit-tokens", text).add("x-ratelimit-remaining-tokens", "1");
        headers.add("x-ratelimit-limit-requests", "10").add("x-ratelimit-remaining-requests", text);

        assertThat(told()).isEmpty();
    }

    @Test
    void aLimitOfNothingIsNoLimitAndMoreThanAllIsNeverLeft() {
        headers.add("x-ratelimit-limit-tokens", "0").add("x-ratelimit-remaining-tokens", "0");
        headers.add("x-ratelimit-limit-requests", "10").add("x-ratelimit-remaining-requests", "11");

        assertThat(told()).containsExactly(new Told(Kind.REQUESTS, 10, 10, OptionalLong.empty()));
    }

    private List<Told> told() {
        return RateLimits.told(headers, NOW);
    }
}
