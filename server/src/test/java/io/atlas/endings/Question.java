package io.atlas.endings;

import io.atlas.time.TimeSource;
import io.atlas.tokenizer.Template;
import io.atlas.tokenizer.TokenCounter;
import java.util.List;
import java.util.OptionalInt;

/**
 * A chat completion to ask for.
 *
 * @param mark by which the upstream's journal knows it
 * @param cap of the output of each choice; none where it is left to the gateway
 */
record Question(String model, String mark, String text, OptionalInt cap, int choices, Delivery delivery) {
    /** What Atlas adds for the marks around one message. */
    static final long TEMPLATE_TOKENS = Template.OPENAI.tokens(1, 0);

    private static final TokenCounter COUNTER = new TokenCounter(TimeSource.system());

    /** How the answer is to come. */
    enum Delivery {
        WHOLE,
        STREAMED,
        STREAMED_WITH_USAGE;

        static final List<Delivery> ALL = List.of(values());
    }

    /** A short question to that model, for a whole answer. */
    static Question to(String model, String mark) {
        return new Question(model, mark, "one two three", OptionalInt.empty(), 1, Delivery.WHOLE);
    }

    Question saying(String words) {
        return new Question(model, mark, words, cap, choices, delivery);
    }

    Question capped(int tokens) {
        return new Question(model, mark, text, OptionalInt.of(tokens), choices, delivery);
    }

    Question choosing(int among) {
        return new Question(model, mark, text, cap, among, delivery);
    }

    Question delivered(Delivery how) {
        return new Question(model, mark, text, cap, choices, how);
    }

    Question streamed() {
        return delivered(Delivery.STREAMED);
    }

    /** The tokens that Atlas counts in it where no backend does. */
    long countedInput() {
        return COUNTER.count(text) + TEMPLATE_TOKENS;
    }

    String json() {
        String stream = switch (delivery) {
            case WHOLE -> "";
            case STREAMED -> ",\"stream\":true";
            case STREAMED_WITH_USAGE -> ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        };
        String several = choices > 1 ? ",\"n\":" + choices : "";
        String bound = cap.isPresent() ? ",\"max_tokens\":" + cap.getAsInt() : "";
        return "{\"model\":\"" + model + "\",\"user\":\"" + mark + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + text + "\"}]" + several + bound + stream + "}";
    }
}
