package io.atlas.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateHeadersTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "120, 120ms",
        "1000, 1s",
        "7660, 7.66s",
        "60000, 1m0s",
        "361000, 6m1s",
        "3723000, 1h2m3s",
        "86399999, 23h59m59.999s"
    })
    void aDurationIsWrittenAsGoPrintsIt(long millis, String written) {
        assertThat(RateHeaders.goDuration(millis)).isEqualTo(written);
    }
}
