package io.atlas.kernel.receipt;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a caller says a request is for, so that its cost can be attributed: {@code feature=search, env=prod}. Names and
 * values are of characters that need no escape in any text they are written into.
 *
 * @param values by their names, in the order of these
 */
public record Tags(SortedMap<String, String> values) {
    /** The most that one request has. */
    public static final int MOST = 8;

    /** None. */
    public static final Tags NONE = new Tags(new TreeMap<>());

    private static final String BETWEEN = ",";
    private static final char OF = '=';
    private static final int MOST_IN_NAME = 24;
    private static final int MOST_IN_VALUE = 48;
    private static final String OTHERS_IN_NAME = "_.-";
    private static final String OTHERS_IN_VALUE = "_.:/@+-";

    public Tags {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /** Whether a tag may have that name. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_IN_NAME
                && isSmall(text.charAt(0))
                && text.chars().allMatch(c -> isSmall(c) || isDigit(c) || OTHERS_IN_NAME.indexOf(c) >= 0);
    }

    private static boolean isValue(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_IN_VALUE
                && text.chars()
                        .allMatch(c -> isSmall(c) || isLarge(c) || isDigit(c) || OTHERS_IN_VALUE.indexOf(c) >= 0);
    }

    private static boolean isSmall(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isLarge(int c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Reads {@code feature=search, env=prod}, in any order; empty where it is not that, or has a name twice. */
    public static Optional<Tags> read(String text) {
        SortedMap<String, String> values = new TreeMap<>();
        for (String part : text.split(BETWEEN, -1)) {
            String tag = part.strip();
            int at = tag.indexOf(OF);
            String value = tag.substring(at + 1);
            boolean sound = at > 0 && isName(tag.substring(0, at)) && isValue(value);
            if (!sound || values.putIfAbsent(tag.substring(0, at), value) != null) {
                return Optional.empty();
            }
        }
        return values.size() > MOST ? Optional.empty() : Optional.of(new Tags(values));
    }

    /** The tags that {@link #text} wrote. */
    public static Tags of(String text) {
        return text.isEmpty() ? NONE : read(text).orElse(NONE);
    }

    /** One text for the same tags, whatever their order was: {@code env=prod,feature=search}; empty where there are none. */
    public String text() {
        return values.isEmpty()
                ? ""
                : values.entrySet().stream().map(Tags::text).collect(Collectors.joining(BETWEEN));
    }

    private static String text(Map.Entry<String, String> tag) {
        return tag.getKey() + OF + tag.getValue();
    }
}
