package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.neutral.Delta;
import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.dialect.wire.Json;
import io.atlas.dialect.wire.Splice;
import io.atlas.dialect.wire.Splice.Span;
import io.atlas.kernel.unit.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the chunks of one stream, in order. It keeps the running counts of all choices and prompts, since a backend that
 * counts while it streams counts each choice for itself, and the prompt of that choice.
 */
public final class ChunkReader {
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final UsageWish wish;
    private final Counting counting;
    private final long[] inputOfPrompt;
    private final long[] cachedOfPrompt;
    private final long[] outputOfChoice;
    private final long[] reasoningOfChoice;

    /** A reader for the answer to that request, of a backend that was asked to count so. */
    public ChunkReader(Ask ask, Counting counting) {
        this.wish = ask.usage();
        this.counting = counting;
        this.inputOfPrompt = new long[ask.size().prompts()];
        this.cachedOfPrompt = new long[ask.size().prompts()];
        this.outputOfChoice = new long[ask.output().choices()];
        this.reasoningOfChoice = new long[ask.output().choices()];
    }

    /** What the data of one event means. */
    public Delta read(byte[] data) {
        if (isDone(data)) {
            return new Delta.Done();
        }
        try (JsonParser json = Json.lenient(data)) {
            return json.nextToken() == JsonToken.START_OBJECT ? new Chunk(data).read(json) : new Delta.Nonsense();
        } catch (JacksonException _) {
            return new Delta.Nonsense();
        }
    }

    /** Some servers leave blanks behind the mark. */
    private static boolean isDone(byte[] data) {
        int end = data.length;
        while (end > DONE.length && data[end - 1] <= ' ' && data[end - 1] >= 0) {
            end--;
        }
        return Arrays.equals(data, 0, end, DONE, 0, DONE.length);
    }

    /** One chunk while it is read. */
    private final class Chunk {
        private final byte[] data;
        private final StringBuilder text = new StringBuilder();
        private Choices choices = Choices.ABSENT;
        private Optional<Usage> usage = Optional.empty();
        private Optional<Span> usageField = Optional.empty();
        private Optional<String> error = Optional.empty();

        Chunk(byte[] data) {
            this.data = data;
        }

        Delta read(JsonParser json) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                int start = Math.toIntExact(json.currentTokenLocation().getByteOffset());
                json.nextToken();
                field(json, name, start);
            }
            if (error.isPresent()) {
                return new Delta.Broken(error.get());
            }
            if (!choices.present()) {
                return new Delta.Nonsense();
            }
            if (choices.count() == 0 && usage.isPresent()) {
                return new Delta.Total(usage.get(), data);
            }
            return new Delta.Piece(
                    choice(), text.toString(), usage.flatMap(this::overAllChoices), choices.finished(), relayed());
        }

        private void field(JsonParser json, String name, int start) {
            switch (name) {
                case "choices" -> choices = Choices.read(json, text);
                case "usage" -> {
                    usage = UsageReader.read(json);
                    usageField = Optional.of(new Span(
                            start, Math.toIntExact(json.currentLocation().getByteOffset())));
                }
                case "error" -> {
                    if (json.currentToken() != JsonToken.VALUE_NULL) {
                        error = ErrorReader.message(json).or(() -> Optional.of("no reason given"));
                    }
                }
                case "object" -> {
                    if (json.currentToken() == JsonToken.VALUE_STRING
                            && json.getString().equals("error")) {
                        error = ErrorReader.of(data).or(() -> Optional.of("no reason given"));
                    }
                }
                default -> json.skipChildren();
            }
        }

        private int choice() {
            return Math.clamp(choices.index(), 0, outputOfChoice.length - 1);
        }

        /** The count of everything, once each prompt has been counted: before that it would say too little. */
        private Optional<Usage> overAllChoices(Usage ofChoice) {
            int choice = choice();
            int prompt = choice * inputOfPrompt.length / outputOfChoice.length;
            inputOfPrompt[prompt] = ofChoice.inputTokens();
            cachedOfPrompt[prompt] = ofChoice.cachedInputTokens();
            outputOfChoice[choice] = ofChoice.outputTokens();
            reasoningOfChoice[choice] = ofChoice.reasoningTokens();
            for (long tokens : inputOfPrompt) {
                if (tokens == 0) {
                    return Optional.empty();
                }
            }
            return Optional.of(
                    new Usage(sum(inputOfPrompt), sum(cachedOfPrompt), sum(outputOfChoice), sum(reasoningOfChoice)));
        }

        private static long sum(long[] tokens) {
            long sum = 0;
            for (long part : tokens) {
                sum += part;
            }
            return sum;
        }

        /**
         * The chunk without the usage that Atlas asked for and the caller did not. Some backends that count at the end
         * write the count beside the last piece; there it is what the caller asked for.
         */
        private byte[] relayed() {
            boolean keep = switch (wish) {
                case SHOWN_RUNNING -> true;
                case SHOWN -> usage.isEmpty() || counting == Counting.AT_THE_END;
                case HIDDEN -> false;
            };
            return keep
                    ? data
                    : usageField
                            .map(field -> new Splice()
                                    .replace(withComma(field), new byte[0])
                                    .apply(data))
                            .orElse(data);
        }

        /** The field together with the comma that separates it: the one before it, or else the one after. */
        private Span withComma(Span field) {
            int before = field.start() - 1;
            while (data[before] <= ' ') {
                before--;
            }
            if (data[before] == ',') {
                return new Span(before, field.end());
            }
            int after = field.end();
            while (data[after] <= ' ') {
                after++;
            }
            return new Span(field.start(), data[after] == ',' ? after + 1 : field.end());
        }
    }
}
