package io.atlas.yaml;

import io.atlas.yaml.Grammar.Shape;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What things of one sort may be called.
 *
 * @param thing the sort in the words of a message
 * @param reserved names that would make a path ambiguous
 */
public record Names(String thing, Pattern pattern, String letters, Set<String> reserved) {
    private static final Pattern WITH_SLASH = Pattern.compile("[A-Za-z0-9._:/-]{1,64}");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final String PLAIN_LETTERS = "letters, digits, . _ - :";

    private static final int MAX_LISTED = 16;

    /** Names of letters, digits and four signs, but these. */
    public static Names plain(String thing, String... reserved) {
        return new Names(thing, PLAIN, PLAIN_LETTERS, Set.of(reserved));
    }

    /** Such names in which a slash may stand too. */
    public static Names withSlash(String thing) {
        return new Names(thing, WITH_SLASH, PLAIN_LETTERS + " /", Set.of());
    }

    /** A new name. */
    public Grammar<String> fresh() {
        String not =
                reserved.isEmpty() ? "" : "; not " + reserved.stream().sorted().collect(Collectors.joining(" or "));
        return Grammar.of(
                        "1 to 64 of " + letters + not,
                        text -> Optional.of(text)
                                .filter(name -> pattern.matcher(name).matches() && !reserved.contains(name)))
                .shaped(new Shape.Form(pattern));
    }

    /** One of the names that are known already. */
    public Grammar<String> known(Collection<String> names) {
        return new Grammar<>(
                text -> Optional.of(text).filter(names::contains),
                text -> names.isEmpty() ? "expected: a " + thing + "; none is declared" : choice(text, names),
                text -> text,
                new Shape.Text());
    }

    /** What is said about a text that is none of the names: which they are, and which is nearest. */
    public static String choice(String text, Collection<String> names) {
        if (names.size() == 1) {
            return "expected: " + names.iterator().next();
        }
        String nearest = nearest(text, names)
                .map(name -> "; did you mean `" + name + "`?")
                .orElse("");
        String some = names.stream().sorted().limit(MAX_LISTED).collect(Collectors.joining(", "));
        return "expected: one of " + some + (names.size() > MAX_LISTED ? ", …" : "") + nearest;
    }

    /** The name that the text was most likely meant to be, if any is near enough. */
    public static Optional<String> nearest(String text, Collection<String> names) {
        int reach = text.length() <= 4 ? 1 : text.length() <= 7 ? 2 : 3;
        record Near(String name, int distance) {}
        return names.stream()
                .filter(name -> Math.abs(name.length() - text.length()) <= reach)
                .map(name -> new Near(name, distance(text.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))))
                .filter(near -> near.distance <= reach)
                .min(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .map(Near::name);
    }

    /** Letters to insert, delete, replace or swap with a neighbour, to make one text of the other. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int edit = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(edit, cost[i - 2][j - 2] + 1) : edit;
    }
}
