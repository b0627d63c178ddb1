package io.atlas.kernel.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "2.50 USD, 2500000000, 2500000",
        "0 USD, 0, 0",
        "000.10 USD, 100000000, 100000",
        "0.000001 USD, 1000, 1",
        "500 USD, 500000000000, 500000000",
        "9000000 USD, 9000000000000000, 9000000000000",
    })
    void aSumIsReadExactly(String text, long nanoUsd, long picoUsdPerToken) {
        assertThat(Money.nanoUsd(text)).contains(nanoUsd);
        assertThat(Money.picoUsdPerToken(text)).contains(picoUsdPerToken);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                "USD",
                " USD",
                "2.50",
                "2.50USD",
                "2.50 usd",
                "2.50 EUR",
                "2,50 USD",
                "-1 USD",
                "+1 USD",
                "1e3 USD",
                ".5 USD",
                "5. USD",
                "1_000 USD",
                "1 000 USD",
                " 1 USD",
                "1 USD ",
                "1  USD",
                "0x1 USD",
                "NaN USD",
                "\u0661 USD",
                "9000000.000000001 USD",
                "9000001 USD",
                "9999999999999 USD",
                "0.0000000001 USD"
            })
    void whatIsNoSumOrTooLargeOrTooFineIsNotRead(String text) {
        assertThat(Money.nanoUsd(text)).isEmpty();
    }

    @ParameterizedTest(name = "{0} nano-USD")
    @CsvSource({"75000, 0.000075", "0, 0", "1, 0.000000001", "2500000000, 2.5", "100000000000, 100", "-500000000, -0.5"
    })
    void aSumIsWrittenWithoutExponentOrTrailingZeros(long nanoUsd, String decimal) {
        assertThat(Money.decimalUsd(nanoUsd)).isEqualTo(decimal);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatIsWrittenIsReadBack(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long nanoUsd = random.nextLong(Money.MAX_NANO_USD + 1) >> random.nextInt(50);
            assertThat(Money.nanoUsd(Money.decimalUsd(nanoUsd) + " USD"))
                    .as("seed %d", seed)
                    .contains(nanoUsd);
        }
    }
}
