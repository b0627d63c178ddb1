package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.IntStream;

/** What the mock upstream answers, to the byte; the load generator expects just that to come out of the proxy. */
final class Answers {
    /** The chunks of a stream, one token each. */
    static final int CHUNKS = 100;

    private static final int PLAIN_TOKENS = 60;
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(US_ASCII);
    private static final List<byte[]> CHUNK_LIST =
            IntStream.range(0, CHUNKS).mapToObj(Answers::chunk).toList();
    private static final byte[] STREAM = wholeStream();
    private static final String PLAIN_HEAD =
            """
            {"id":"chatcmpl-bench","object":"chat.completion","created":1767225600,"model":"bench","choices":[{"index":0,\
            "message":{"role":"assistant","content":"%s"},"logprobs":null,"finish_reason":"stop"}],"usage":""".formatted("word ".repeat(PLAIN_TOKENS).strip());

    private Answers() {}

    /** The tokens that the upstream says it wrote. */
    static int completionTokens(Shape shape) {
        return switch (shape) {
            case PLAIN -> PLAIN_TOKENS;
            case STREAM -> CHUNKS;
        };
    }

    /** The body that a caller gets who did not ask for the usage of a stream. */
    static byte[] body(Shape shape, int promptTokens) {
        return switch (shape) {
            case PLAIN -> (PLAIN_HEAD + usage(promptTokens, PLAIN_TOKENS) + "}").getBytes(US_ASCII);
            case STREAM -> STREAM;
        };
    }

    /** The chunks of every stream, each a whole event. */
    static List<byte[]> chunks() {
        return CHUNK_LIST;
    }

    /** The event with the usage of a stream. */
    static byte[] usageChunk(int promptTokens) {
        return event("\"choices\":[],\"usage\":" + usage(promptTokens, CHUNKS));
    }

    /** The last event of a stream. */
    static byte[] done() {
        return DONE;
    }

    private static byte[] chunk(int index) {
        String finish = index == CHUNKS - 1 ? "\"stop\"" : "null";
        return event(
                "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word%02d\"},\"logprobs\":null,\"finish_reason\":%s}]"
                        .formatted(index, finish));
    }

    private static byte[] event(String members) {
        return ("data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
                        + "\"model\":\"bench\"," + members + "}\n\n")
                .getBytes(US_ASCII);
    }

    private static String usage(int promptTokens, int completionTokens) {
        return "{\"prompt_tokens\":" + promptTokens + ",\"completion_tokens\":" + completionTokens
                + ",\"total_tokens\":" + (promptTokens + completionTokens) + "}";
    }

    private static byte[] wholeStream() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        CHUNK_LIST.forEach(whole::writeBytes);
        whole.writeBytes(DONE);
        return whole.toByteArray();
    }
}
