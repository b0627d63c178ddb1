package io.atlas.kernel.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** Dollars as integers: nano-USD for what is charged, pico-USD for the price of one token. Never a float. */
public final class Money {
    /** The largest sum that is counted, 9 million dollars: every sum of a window stays exact in a double, too. */
    public static final long MAX_NANO_USD = 9_000_000_000_000_000L;

    private static final String CURRENCY = " USD";

    private Money() {}

    /** Reads {@code "2.50 USD"} as nano-USD; empty where it is not such a sum, or is finer than a nano-dollar. */
    public static Optional<Long> nanoUsd(String text) {
        return scaled(text, 9);
    }

    /** Reads a price per million tokens, {@code "2.50 USD"}, as pico-USD per token. */
    public static Optional<Long> picoUsdPerToken(String perMillionTokens) {
        return scaled(perMillionTokens, 6);
    }

    /** The sum as a decimal number of dollars without exponent or trailing zeros: {@code 0.000075}. */
    public static String decimalUsd(long nanoUsd) {
        BigDecimal usd = BigDecimal.valueOf(nanoUsd, 9).stripTrailingZeros();
        return usd.scale() < 0 ? usd.setScale(0, RoundingMode.UNNECESSARY).toPlainString() : usd.toPlainString();
    }

    private static Optional<Long> scaled(String text, int digits) {
        if (!text.endsWith(CURRENCY)) {
            return Optional.empty();
        }
        String number = text.substring(0, text.length() - CURRENCY.length());
        if (!number.matches("[0-9]{1,12}(\\.[0-9]{1,12})?")) {
            return Optional.empty();
        }
        BigDecimal scaled = new BigDecimal(number).movePointRight(digits).stripTrailingZeros();
        if (scaled.scale() > 0 || scaled.compareTo(BigDecimal.valueOf(MAX_NANO_USD)) > 0) {
            return Optional.empty();
        }
        return Optional.of(scaled.longValueExact());
    }
}
