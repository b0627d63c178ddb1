package io.atlas.dialect.openai;

import io.atlas.kernel.unit.Usage;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a {@code usage} object. What a backend reports is untrusted: negative, absurd or inconsistent numbers are no
 * usage at all.
 */
final class UsageReader {
    private long input = -1;
    private long output = -1;
    private long total = -1;
    private long cached;
    private long reasoning;

    private UsageReader() {}

    /** Reads the value that the parser stands on; empty where it is null or makes no sense. */
    static Optional<Usage> read(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Optional.empty();
        }
        UsageReader reader = new UsageReader();
        reader.object(json);
        return reader.usage();
    }

    private void object(JsonParser json) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "prompt_tokens", "input_tokens" -> input = number(json);
                case "completion_tokens", "output_tokens" -> output = number(json);
                case "total_tokens" -> total = number(json);
                case "cached_tokens" -> cached = number(json);
                case "reasoning_tokens" -> reasoning = number(json);
                case "prompt_tokens_details",
                        "completion_tokens_details",
                        "input_tokens_details",
                        "output_tokens_details" -> nested(json);
                default -> json.skipChildren();
            }
        }
    }

    private void nested(JsonParser json) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            object(json);
        } else {
            json.skipChildren();
        }
    }

    private Optional<Usage> usage() {
        if (output < 0 && input >= 0 && total == input) {
            output = 0;
        }
        // Some backends write zeros beside every piece until they have counted.
        boolean notCounted = input == 0 && output == 0;
        if (notCounted || input < 0 || output < 0 || input > Usage.MAX_TOKENS || output > Usage.MAX_TOKENS) {
            return Optional.empty();
        }
        return Optional.of(new Usage(input, clamp(cached, input), output, clamp(reasoning, output)));
    }

    private static long clamp(long part, long whole) {
        return Math.max(0, Math.min(part, whole));
    }

    private static long number(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                || json.getString().length() > 12) {
            json.skipChildren();
            return -1;
        }
        return json.getLongValue();
    }
}
