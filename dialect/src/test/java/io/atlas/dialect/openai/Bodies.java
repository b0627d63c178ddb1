package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Fault;
import java.nio.charset.StandardCharsets;

/** Bodies of requests, and what is read from them. */
final class Bodies {
    private Bodies() {}

    /** The smallest body that a route takes, with these fields behind it. */
    static String of(Route route, String more) {
        String prompt = switch (route) {
            case CHAT -> "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";
            case COMPLETION -> "\"prompt\":\"hello\"";
            case EMBEDDING -> "\"input\":\"hello\"";
        };
        return "{\"model\":\"small\"," + prompt + more + "}";
    }

    /** A chat whose only message has that content. */
    static String chat(String content) {
        return "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]}";
    }

    static OpenAiRequest read(Route route, String body) {
        return switch (route.decode(body.getBytes(StandardCharsets.UTF_8))) {
            case Decoded.Request read -> read.request();
            case Decoded.Wrong wrong -> throw new AssertionError(wrong.fault().message());
        };
    }

    static Fault fault(Route route, String body) {
        return switch (route.decode(body.getBytes(StandardCharsets.UTF_8))) {
            case Decoded.Request _ -> throw new AssertionError("accepted: " + body);
            case Decoded.Wrong wrong -> wrong.fault();
        };
    }
}
