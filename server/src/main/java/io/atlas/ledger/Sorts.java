package io.atlas.ledger;

import java.util.List;

/** The sorts of several limits in one text. None of them has a space in it. */
public final class Sorts {
    private static final String BETWEEN = " ";

    private Sorts() {}

    /** The text; empty where there are none. */
    public static String text(List<String> sorts) {
        return String.join(BETWEEN, sorts);
    }

    /** What the text says. */
    public static List<String> of(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(BETWEEN, -1));
    }
}
