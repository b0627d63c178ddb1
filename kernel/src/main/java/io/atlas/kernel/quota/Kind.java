package io.atlas.kernel.quota;

import java.util.Optional;

/** What a limit counts. */
public enum Kind {
    REQUESTS("requests", "requests"),
    TOKENS("tokens", "tokens"),
    INPUT_TOKENS("inputTokens", "tokens"),
    OUTPUT_TOKENS("outputTokens", "tokens"),
    /** Tokens weighed by price: one is an input token of the model that the configuration names. */
    CREDITS("credits", "credits"),
    COST("cost", "nano_usd"),
    CONCURRENT("concurrent", "requests");

    private final String word;
    private final String unit;

    Kind(String word, String unit) {
        this.word = word;
        this.unit = unit;
    }

    /** The kind as configuration and limit ids write it: {@code inputTokens}. */
    public String word() {
        return word;
    }

    /** The unit of its amounts: {@code tokens}, {@code requests}, {@code credits} or {@code nano_usd}. */
    public String unit() {
        return unit;
    }

    /** Whether it counts requests and not what is in them. */
    public boolean countsRequests() {
        return this == REQUESTS || this == CONCURRENT;
    }

    /** The kind of that word, if there is one. */
    public static Optional<Kind> of(String word) {
        for (Kind kind : values()) {
            if (kind.word.equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
