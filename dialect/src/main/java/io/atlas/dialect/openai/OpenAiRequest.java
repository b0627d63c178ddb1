package io.atlas.dialect.openai;

import io.atlas.dialect.conversation.Turns;
import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.wire.Json;
import io.atlas.dialect.wire.Splice;
import io.atlas.dialect.wire.Splice.Span;
import io.atlas.kernel.feature.Feature;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A body that has passed every check of its route. What is sent on are the very bytes that were checked, changed only in
 * the places that are Atlas's to decide.
 */
public final class OpenAiRequest {
    /** The field that bounds the output where the caller uses the older name, or a backend knows no other. */
    public static final String MAX_TOKENS = "max_tokens";

    /** The field that bounds the output in OpenAI's present API. */
    public static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    static final String STREAM_OPTIONS = "stream_options";

    private final Route route;
    private final byte[] body;
    private final Map<String, Span> fields;
    private final Ask ask;
    private final StreamOptions streamOptions;

    OpenAiRequest(Route route, byte[] body, Map<String, Span> fields, Ask ask, StreamOptions streamOptions) {
        this.route = route;
        this.body = body;
        this.fields = fields;
        this.ask = ask;
        this.streamOptions = streamOptions;
    }

    /** The route it came by, and goes on by. */
    public Route route() {
        return route;
    }

    /** What it asks for. */
    public Ask ask() {
        return ask;
    }

    /** The field by which it asks for that. */
    public String field(Feature feature) {
        return switch (feature) {
            case TOOLS ->
                Stream.of("tools", "functions")
                        .filter(fields::containsKey)
                        .findFirst()
                        .orElse("messages");
            case IMAGES -> "image_url";
            case JSON, JSON_SCHEMA -> OutputFields.RESPONSE_FORMAT;
            case LOGPROBS -> "logprobs";
            case REASONING -> OutputFields.REASONING_EFFORT;
        };
    }

    /** How long its body is. */
    public int length() {
        return body.length;
    }

    /** The bytes as they came, not to be written. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(body).asReadOnlyBuffer();
    }

    /** The text of the prompt, for counting; reads the body again, so not for the hot path. */
    public PromptText promptText() {
        return PromptText.of(route, body);
    }

    /**
     * How the prompt begins: its first two texts, or as much of them as two conversations hardly have in common by chance.
     * The requests of one conversation begin alike, by the instructions and the first question. Empty where nothing is
     * said.
     */
    public String opening() {
        return PromptText.opening(route, body);
    }

    /**
     * A chat without so many of its oldest turns that no more than the share of its messages is left, as near as its turns
     * allow; nothing where none can be left out. It is read anew: what is sent is what was checked and counted.
     */
    public Optional<OpenAiRequest> trimmed(double share) {
        return Optional.ofNullable(fields.get("messages"))
                .flatMap(messages -> Turns.of(body, messages)
                        .within(share)
                        .map(kept -> new Splice().replace(messages, kept).apply(body)))
                .flatMap(shorter -> switch (route.decode(shorter)) {
                    case Decoded.Request read -> Optional.of(read.request());
                    case Decoded.Wrong _ -> Optional.empty();
                });
    }

    /** The body for a backend. */
    public byte[] forBackend(Target target) {
        Splice splice = new Splice();
        splice.replace(span("model"), Json.string(target.model()));
        if (!ask.output().none()) {
            boundOutput(splice, target);
        }
        if (ask.delivery() == Ask.Delivery.STREAMED) {
            setField(splice, STREAM_OPTIONS, streamOptions.forced(target.counting()));
        }
        return splice.apply(body);
    }

    private void boundOutput(Splice splice, Target target) {
        byte[] bound = Long.toString(target.maxOutputTokens()).getBytes(StandardCharsets.US_ASCII);
        String given = given().orElse("");
        String wanted = target.outputField().orElse(given.isEmpty() ? MAX_TOKENS : given);
        if (given.isEmpty() || wanted.equals(given)) {
            setField(splice, wanted, bound);
            return;
        }
        splice.replace(span(given + NAME), Json.string(wanted));
        splice.replace(span(given), bound);
    }

    /** The name under which the place of a field's own name is kept. */
    static final String NAME = "\0name";

    private Optional<String> given() {
        if (fields.containsKey(MAX_COMPLETION_TOKENS)) {
            return Optional.of(MAX_COMPLETION_TOKENS);
        }
        return fields.containsKey(MAX_TOKENS) ? Optional.of(MAX_TOKENS) : Optional.empty();
    }

    private void setField(Splice splice, String name, byte[] value) {
        Span span = fields.get(name);
        if (span != null) {
            splice.replace(span, value);
            return;
        }
        int end = span("}").start();
        splice.replace(new Span(end, end), concat("," + "\"" + name + "\":", value));
    }

    private Span span(String name) {
        Span span = fields.get(name);
        if (span == null) {
            throw new IllegalStateException("field " + name + ": not in the body (expected: read before)");
        }
        return span;
    }

    private static byte[] concat(String head, byte[] tail) {
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + tail.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(tail, 0, all, start.length, tail.length);
        return all;
    }

    /**
     * What Atlas decides of a request.
     *
     * @param model what the backend calls the model
     * @param maxOutputTokens what was reserved, for each choice
     * @param outputField the only name of that bound which the backend knows; empty where it takes the caller's own
     */
    public record Target(String model, long maxOutputTokens, Optional<String> outputField, Counting counting) {}

    /** Whether the backend can count while it streams. */
    public enum Counting {
        AT_THE_END,
        RUNNING
    }
}
