package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.wire.Splice.Span;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The caller's {@code stream_options}: what it wishes to see of the usage, and every other option as it was written.
 * What is sent upstream is Atlas's to decide; the wish only says what is shown.
 *
 * @param others {@code "name":value} of the options that are passed on
 */
record StreamOptions(UsageWish usage, List<byte[]> others) {
    static final StreamOptions NONE = new StreamOptions(UsageWish.HIDDEN, List.of());

    /** Reads the value that the parser stands on, a part of that body. */
    static StreamOptions read(JsonParser json, byte[] body) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return NONE;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new WrongField(
                    "stream_options", "stream_options: not an object (expected: {\"include_usage\": true})");
        }
        boolean shown = false;
        boolean running = false;
        List<byte[]> others = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            int start = RequestReader.offset(json.currentTokenLocation().getByteOffset());
            json.nextToken();
            switch (name) {
                case "include_usage" -> shown = RequestReader.flag(json, "stream_options");
                case "continuous_usage_stats" -> running = RequestReader.flag(json, "stream_options");
                default -> {
                    json.skipChildren();
                    json.finishToken();
                    int end = RequestReader.offset(json.currentLocation().getByteOffset());
                    others.add(new Span(start, end).of(body));
                }
            }
        }
        UsageWish wish = running && shown ? UsageWish.SHOWN_RUNNING : shown ? UsageWish.SHOWN : UsageWish.HIDDEN;
        return new StreamOptions(wish, others);
    }

    /** The options with the usage forced on. */
    byte[] forced(OpenAiRequest.Counting counting) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        out.writeBytes("{\"include_usage\":true".getBytes(StandardCharsets.US_ASCII));
        if (counting == OpenAiRequest.Counting.RUNNING) {
            out.writeBytes(",\"continuous_usage_stats\":true".getBytes(StandardCharsets.US_ASCII));
        }
        for (byte[] other : others) {
            out.write(',');
            out.writeBytes(other);
        }
        out.write('}');
        return out.toByteArray();
    }
}
