package io.atlas.ledger.sqlite;

/** The one text in a line that a caller chooses freely. */
final class ModelName {
    /** Longer than the name of any model there is. */
    static final int MAX_CHARS = 128;

    private static final char REPLACEMENT = '\uFFFD';

    private ModelName() {}

    /** The name as it can be stored: cut where it is too long, with U+FFFD for every half of a broken surrogate pair. */
    static String bounded(String name) {
        StringBuilder bounded = new StringBuilder(Math.min(name.length(), MAX_CHARS));
        for (int i = 0; i < name.length() && bounded.length() < MAX_CHARS; i++) {
            char c = name.charAt(i);
            if (!Character.isSurrogate(c)) {
                bounded.append(c);
            } else if (i + 1 < name.length() && Character.isSurrogatePair(c, name.charAt(i + 1))) {
                bounded.append(c).append(name.charAt(++i));
            } else {
                bounded.append(REPLACEMENT);
            }
        }
        return bounded.toString();
    }
}
