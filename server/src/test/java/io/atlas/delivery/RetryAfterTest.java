package io.atlas.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final long NOW_MICROS = Instant.parse("2026-11-25T10:00:00Z").toEpochMilli() * 1_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7 | 7000",
                "0.25 | 250",
                "60 | 60000",
                "61 | 60000",
                "999999999 | 60000",
                "Wed, 25 Nov 2026 10:00:09 GMT | 9000",
                "Wed, 25 Nov 2026 11:00:00 GMT | 60000"
            })
    void aMomentThatLiesAheadIsKeptUpToAMinute(String text, long millis) {
        assertThat(RetryAfter.millis(HttpHeaders.headers().set("retry-after", text), NOW_MICROS))
                .hasValue(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "soon",
                "1e3",
                "9999999999999999999",
                "Wed, 25 Nov 2026 09:00:00 GMT",
                "Wed, 99 Nov 2026 09:00:00 GMT",
                ""
            })
    void whatSaysNothingOfTheFutureIsNotPassedOn(String text) {
        assertThat(RetryAfter.millis(HttpHeaders.headers().set("retry-after", text), NOW_MICROS))
                .isEqualTo(OptionalLong.empty());
    }

    @Test
    void millisecondsAreTakenBeforeSeconds() {
        assertThat(RetryAfter.millis(
                        HttpHeaders.headers().set("retry-after-ms", "1500").set("retry-after", "2"), NOW_MICROS))
                .hasValue(1_500);
    }

    @Test
    void whereNothingIsSaidNothingIsKnown() {
        assertThat(RetryAfter.millis(HttpHeaders.headers(), NOW_MICROS)).isEmpty();
    }
}
