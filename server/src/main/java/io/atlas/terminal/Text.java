package io.atlas.terminal;

import io.atlas.kernel.unit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Values as people read them in a terminal. */
public final class Text {
    private static final String NANO_USD = "nano_usd";

    private Text() {}

    /** The text without what a terminal would obey: model names come from callers. */
    public static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> safe.appendCodePoint(visible(point) ? point : '?'));
        return safe.toString();
    }

    private static boolean visible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR -> false;
            default -> true;
        };
    }

    /** The field's text, {@code -} where it does not apply. */
    public static String of(JsonNode node) {
        return node.isNull() || node.isMissingNode()
                ? "-"
                : safe(node.isContainer() ? node.toString() : node.asString());
    }

    /** {@code 1,200,000}. */
    public static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code 0.000075 USD}. */
    public static String usd(long nanoUsd) {
        return Money.decimalUsd(nanoUsd) + " USD";
    }

    /** An amount of a limit in its unit; the unit is named only where it is money. */
    public static String amount(long value, String unit) {
        return unit.equals(NANO_USD) ? usd(value) : number(value);
    }

    /** {@code 0.040 ms}, {@code 1.204 s}. */
    public static String micros(long micros) {
        return micros < 1_000_000
                ? String.format(Locale.ROOT, "%.3f ms", micros / 1e3)
                : String.format(Locale.ROOT, "%.3f s", micros / 1e6);
    }

    /** {@code in 3h 12m}; {@code now} where it is not ahead. */
    public static String until(Instant now, Instant then) {
        Duration left = Duration.between(now, then);
        if (!left.isPositive()) {
            return "now";
        }
        if (left.toDays() > 0) {
            return "in " + left.toDays() + "d " + left.toHoursPart() + "h";
        }
        if (left.toHours() > 0) {
            return "in " + left.toHours() + "h " + left.toMinutesPart() + "m";
        }
        if (left.toMinutes() > 0) {
            return "in " + left.toMinutes() + "m " + left.toSecondsPart() + "s";
        }
        return String.format(Locale.ROOT, "in %.1fs", left.toMillis() / 1e3);
    }
}
