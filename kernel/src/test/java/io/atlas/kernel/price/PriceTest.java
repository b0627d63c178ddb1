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
    void aCreditIsOneInputTokenOfTheReference() {
        Price small = new Price(150_000, 75_000, 600_000).weighedBy(150_000);
        Price large = LARGE.weighedBy(150_000);

        assertThat(small.credits(Usage.of(1, 0))).isEqualTo(1);
        assertThat(small.credits(Usage.of(1_000, 100))).isEqualTo(1_000 + 4 * 100);
        assertThat(small.credits(new Usage(1_000, 400, 100, 50))).isEqualTo(600 + 400 / 2 + 4 * 100);
        // 0.0025 USD and 0.001 USD, by 0.00000015 USD: 23,333.3, rounded up once.
        assertThat(large.credits(Usage.of(1_000, 100))).isEqualTo(23_334);
        assertThat(LARGE.credits(Usage.of(1_000, 100))).isZero();
        assertThat(Price.FREE.weighedBy(150_000).credits(Usage.of(1_000, 100))).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8})
    void creditsAreThoseOfExactArithmeticBelowTheirCeilingAndNeverMoreThanNanoDollars(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            long credit = Price.MIN_CREDIT_PICO_USD + amount(random, Price.MAX_PICO_USD - Price.MIN_CREDIT_PICO_USD);
            Price price = new Price(
                    amount(random, Price.MAX_PICO_USD),
                    amount(random, Price.MAX_PICO_USD),
                    amount(random, Price.MAX_PICO_USD),
                    credit);
            long input = amount(random, Usage.MAX_TOKENS);
            Usage usage = new Usage(input, random.nextLong(input + 1), amount(random, Usage.MAX_TOKENS), 0);
            String where = "seed " + seed + ": " + usage + " at " + price;

            assertThat(price.credits(usage))
                    .as(where)
                    .isEqualTo(exactly(price, usage, credit))
                    .isLessThanOrEqualTo(price.nanoUsd(usage));
            assertThat(price.ceilingCredits(input, usage.outputTokens()))
                    .as(where)
                    .isBetween(price.credits(usage), Money.MAX_NANO_USD);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatCreditsPayForFitsAndOneTokenMoreDoesNot(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Price price = new Price(
                    amount(random, 1_000_000),
                    amount(random, 1_000_000),
                    1 + amount(random, 1_000_000),
                    Price.MIN_CREDIT_PICO_USD + amount(random, 1_000_000));
            long budget = amount(random, 1_000_000_000L);
            long input = amount(random, 1_000_000);
            String where = "seed " + seed + ": " + budget + " for " + input + " at " + price;

            long output = price.outputTokensOfCredits(budget, input);

            if (output < 0) {
                assertThat(price.ceilingCredits(input, 0)).as(where).isGreaterThan(budget);
            } else {
                assertThat(price.ceilingCredits(input, output)).as(where).isLessThanOrEqualTo(budget);
                assertThat(price.ceilingCredits(input, output + 1)).as(where).isGreaterThan(budget);
            }
        }
    }

    @Test
    void moreCreditsThanMoneyCanCountPayForAnyAnswer() {
        Price dearCredits = new Price(1_000, 1_000, 1, Price.MAX_PICO_USD);
        assertThat(dearCredits.outputTokensOfCredits(Money.MAX_NANO_USD, 1)).isGreaterThan(Usage.MAX_TOKENS);
        assertThat(dearCredits.outputTokensOfCredits(-Money.MAX_NANO_USD, 1)).isEqualTo(-1);
        assertThat(LARGE.outputTokensOfCredits(1, 1)).isEqualTo(Usage.MAX_TOKENS);
    }

    @Test
    void aPriceHasItsRange() {
        assertThatThrownBy(() -> LARGE.weighedBy(999)).hasMessage("creditPicoUsd: 999 (expected: 1000 to 1000000000)");
        assertThatThrownBy(() -> new Price(-1, 0, 0)).hasMessage("inputPicoUsd: -1 (expected: 0 to 1000000000)");
        assertThatThrownBy(() -> new Price(0, 0, Price.MAX_PICO_USD + 1))
                .hasMessage("outputPicoUsd: 1000000001 (expected: 0 to 1000000000)");
    }

    private static long amount(Random random, long most) {
        return random.nextLong(most + 1) >> random.nextInt(20);
    }

    private static long exactly(Price price, Usage usage) {
        return exactly(price, usage, 1_000);
    }

    /** In units of so many pico-dollars. */
    private static long exactly(Price price, Usage usage, long unitPicoUsd) {
        return BigDecimal.valueOf(usage.inputTokens() - usage.cachedInputTokens())
                .multiply(BigDecimal.valueOf(price.inputPicoUsd()))
                .add(BigDecimal.valueOf(usage.cachedInputTokens())
                        .multiply(BigDecimal.valueOf(price.cachedInputPicoUsd())))
                .add(BigDecimal.valueOf(usage.outputTokens()).multiply(BigDecimal.valueOf(price.outputPicoUsd())))
                .divide(BigDecimal.valueOf(unitPicoUsd), 0, RoundingMode.CEILING)
                .longValueExact();
    }
}
