package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask.UsageWish;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The caller's {@code stream_options}: what it wishes to see of the usage, and every other option as it was written.
 * What is sent upstream is Atlas's to decide; the wish only says what is shown.
 *
 * @param others {@code "name":value} of the options that are passed on
 */
record StreamOptions(UsageWish usage, List<byte[]> others) {
    static final StreamOptions NONE = new StreamOptions(UsageWish.HIDDEN, List.of());

    /** The options with the usage forced on. */
    byte[] forced(ChatRequest.Counting counting) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        out.writeBytes("{\"include_usage\":true".getBytes(StandardCharsets.US_ASCII));
        if (counting == ChatRequest.Counting.RUNNING) {
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
