package io.atlas.ledger.sql;

import java.util.Optional;

/** How texts are stored. */
public final class Text {
    /** Longer than the name of any model there is. */
    public static final int MAX_MODEL_CHARS = 128;

    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /** What is absent is stored as an empty text. */
    public static Optional<String> optional(String stored) {
        return stored.isEmpty() ? Optional.empty() : Optional.of(stored);
    }

    /**
     * The name of a model, the one text in a line that a caller chooses freely, as it can be stored: cut where it is too
     * long, with U+FFFD for every half of a broken surrogate pair.
     */
    public static String model(String asked) {
        StringBuilder model = new StringBuilder(Math.min(asked.length(), MAX_MODEL_CHARS));
        for (int i = 0; i < asked.length() && model.length() < MAX_MODEL_CHARS; i++) {
            char c = asked.charAt(i);
            if (!Character.isSurrogate(c)) {
                model.append(c);
            } else if (i + 1 < asked.length() && Character.isSurrogatePair(c, asked.charAt(i + 1))) {
                model.append(c).append(asked.charAt(++i));
            } else {
                model.append(REPLACEMENT);
            }
        }
        return model.toString();
    }
}
