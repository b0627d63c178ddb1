package io.atlas.kernel.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTest {
    private static final Price LARGE = new Price(2_500_000, 1_250_000, 10_000_000);

    @Test
    void theContractsExampleCostsWhatItSays() {
        Price small = new Price(150_000, 150_000, 600_000);
        assertThat(small.nanoUsd(Usage.of(300, 50))).isEqualTo(75_000);
    }

    @Test
    void cachedInputHasItsOwnPrice() {
        assertThat(LARGE.nanoUsd(new Usage(1_000, 400, 10, 5))).isEqualTo(600 * 2_500 + 400 * 1_250 + 10 * 10_000);
    }

    @Test
    void theSumIsRoundedUpOnceAndNotEachPart() {
        Price third = new Price(1, 1, 1);
        assertThat(third.nanoUsd(new Usage(600, 300, 400, 0))).isEqualTo(1);
        assertThat(third.nanoUsd(new Usage(601, 300, 400, 0))).isEqualTo(2);
    }

    @Test
    void oneTokenOfAPositivePriceIsNeverFree() {
        Price least = new Price(1, 1, 1);
        assertThat(least.nanoUsd(Usage.of(1, 0))).isEqualTo(1);
        assertThat(least.nanoUsd(Usage.of(0, 1))).isEqualTo(1);
        assertThat(least.nanoUsd(new Usage(1, 1, 0, 0))).isEqualTo(1);
        assertThat(Price.FREE.nanoUsd(Usage.of(1_000_000, 1_000_000))).isZero();
        assertThat(least.nanoUsd(Usage.NONE)).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8})
    void theCostIsThatOfExactArithmeticAndBelowTheCeiling(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Price price = new Price(
                    amount(random, Price.MAX_PICO_USD),
                    amount(random, Price.MAX_PICO_USD),
                    amount(random, Price.MAX_PICO_USD));
            long input = amount(random, Usage.MAX_TOKENS);
            Usage usage = new Usage(input, random.nextLong(input + 1), amount(random, Usage.MAX_TOKENS), 0);
            String where = "seed " + seed + ": " + usage + " at " + price;

            assertThat(price.nanoUsd(usage)).as(where).isEqualTo(exactly(price, usage));
            assertThat(price.ceilingNanoUsd(input, usage.outputTokens()))
                    .as(where)
                    .isBetween(price.nanoUsd(usage), Money.MAX_NANO_USD);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatIsAffordableFitsAndOneTokenMoreDoesNot(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Price price =
                    new Price(amount(random, 1_000_000), amount(random, 1_000_000), 1 + amount(random, 1_000_000));
            long budget = amount(random, 1_000_000_000_000L);
            long input = amount(random, 1_000_000);
            String where = "seed " + seed + ": " + budget + " for " + input + " at " + price;

            long output = price.affordableOutputTokens(budget, input);

            if (output < 0) {
                assertThat(price.ceilingNanoUsd(input, 0)).as(where).isGreaterThan(budget);
            } else {
                assertThat(price.ceilingNanoUsd(input, output)).as(where).isLessThanOrEqualTo(budget);
                assertThat(price.ceilingNanoUsd(input, output + 1)).as(where).isGreaterThan(budget);
            }
        }
    }

    @Test
    void freeOutputIsAffordableWithoutBound() {
        assertThat(new Price(1_000, 1_000, 0).affordableOutputTokens(10, 10)).isEqualTo(Usage.MAX_TOKENS);
        assertThat(new Price(1_000, 1_000, 0).affordableOutputTokens(9, 10)).isEqualTo(-1);
    }

    @Test
    void aPriceHasItsRange() {
        assertThatThrownBy(() -> new Price(-1, 0, 0)).hasMessage("inputPicoUsd: -1 (expected: 0 to 1000000000)");
        assertThatThrownBy(() -> new Price(0, 0, Price.MAX_PICO_USD + 1))
                .hasMessage("outputPicoUsd: 1000000001 (expected: 0 to 1000000000)");
    }

    private static long amount(Random random, long most) {
        return random.nextLong(most + 1) >> random.nextInt(20);
    }

    private static long exactly(Price price, Usage usage) {
        return BigDecimal.valueOf(usage.inputTokens() - usage.cachedInputTokens())
                .multiply(BigDecimal.valueOf(price.inputPicoUsd()))
                .add(BigDecimal.valueOf(usage.cachedInputTokens())
                        .multiply(BigDecimal.valueOf(price.cachedInputPicoUsd())))
                .add(BigDecimal.valueOf(usage.outputTokens()).multiply(BigDecimal.valueOf(price.outputPicoUsd())))
                .movePointLeft(3)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }
}
