package io.atlas.terminal;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What people read of one row of decisions. */
public final class DecisionText {
    private DecisionText() {}

    /** Who asked: {@code acme/search/ci}. */
    public static String who(JsonNode row) {
        return Stream.of("tenant", "team", "key")
                .map(row::path)
                .filter(JsonNode::isString)
                .map(Text::of)
                .collect(Collectors.joining("/"));
    }

    /** How it ended, and why where there is a reason: {@code refused: rate_limit_exceeded}. */
    public static String ended(JsonNode row) {
        String outcome = Text.of(row.path("outcome"));
        return row.path("reason").isString() ? outcome + ": " + Text.of(row.path("reason")) : outcome;
    }
}
