package io.atlas.dialect.openai;

import io.atlas.dialect.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The texts that a prompt consists of, in order: what a tokenizer has to count. */
public record PromptText(List<String> texts) {
    private static final int OPENING_TEXTS = 2;
    private static final int OPENING_CHARACTERS = 2_048;

    public PromptText {
        texts = List.copyOf(texts);
    }

    /** Reads the texts of a body that has been decoded before; token ids and images are none. */
    static PromptText of(Route route, byte[] body) {
        List<String> texts = new ArrayList<>();
        try (JsonParser json = Json.lenient(body)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (route.speaks(name)) {
                    strings(json, texts, Integer.MAX_VALUE);
                } else if (route.writes(name)) {
                    raw(json, body, texts);
                } else {
                    json.skipChildren();
                }
            }
        }
        return new PromptText(texts);
    }

    /** The first two texts of what is to be continued, up to a bound; no more of the body is read than that takes. */
    static String opening(Route route, byte[] body) {
        if (route == Route.EMBEDDING) {
            return "";
        }
        List<String> texts = new ArrayList<>();
        try (JsonParser json = Json.lenient(body)) {
            json.nextToken();
            while (texts.isEmpty() && json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (route.speaks(name)) {
                    strings(json, texts, OPENING_TEXTS);
                } else {
                    json.skipChildren();
                }
            }
        }
        String all = String.join("\n", texts);
        return all.substring(0, Math.min(all.length(), OPENING_CHARACTERS));
    }

    /** Every string below the current token but the words that say what a part is. */
    private static void strings(JsonParser json, List<String> texts, int most) {
        int depth = 0;
        String name = "";
        do {
            switch (json.currentToken()) {
                case START_ARRAY, START_OBJECT -> depth++;
                case END_ARRAY, END_OBJECT -> depth--;
                case PROPERTY_NAME -> name = json.currentName();
                case VALUE_STRING -> text(json, name).ifPresent(texts::add);
                default -> {}
            }
        } while (depth > 0 && texts.size() < most && json.nextToken() != null);
    }

    /** The string that the parser stands on in a field of that name, if it is part of what the model reads. */
    private static Optional<String> text(JsonParser json, String name) {
        return switch (name) {
            case "type", "role", "detail" -> Optional.empty();
            case "url" -> Optional.of(json.getString()).filter(url -> !url.startsWith("data:image/"));
            default -> Optional.of(json.getString());
        };
    }

    private static void raw(JsonParser json, byte[] body, List<String> texts) {
        int start = Math.toIntExact(json.currentTokenLocation().getByteOffset());
        json.skipChildren();
        json.finishToken();
        int end = Math.toIntExact(json.currentLocation().getByteOffset());
        texts.add(new String(body, start, end - start, StandardCharsets.UTF_8));
    }
}
