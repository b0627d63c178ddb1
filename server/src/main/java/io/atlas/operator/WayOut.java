package io.atlas.operator;

import io.atlas.terminal.Text;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What would help whoever was refused, in words: a line for each remedy. */
final class WayOut {
    private static final long MICROS_PER_MILLI = 1_000;

    private WayOut() {}

    /** The remedies, their lines ended. */
    static String of(JsonNode remedies) {
        return remedies.values().stream().map(one -> words(one) + "\n").collect(Collectors.joining());
    }

    private static String words(JsonNode remedy) {
        String kind = Text.of(remedy.path("kind"));
        return switch (kind) {
            case "wait" ->
                "the same request from " + Text.of(remedy.path("at")) + " on, "
                        + Text.micros(remedy.path("retry_after_ms").asLong(0) * MICROS_PER_MILLI) + " later";
            case "reduce_max_tokens" ->
                "max_tokens of at most " + Text.number(remedy.path("max_tokens").asLong(0));
            case "use_model" -> "the model " + Text.of(remedy.path("model"));
            case "upgrade_tier" -> "the tier " + Text.of(remedy.path("tier"));
            case "fix_request" -> Text.of(remedy.path("param")) + " changed, or left out";
            case "ask_owner" -> "nothing that its caller can do alone: the owner can";
            default -> kind;
        };
    }
}
