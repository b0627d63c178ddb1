package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Answer;
import io.atlas.dialect.wire.Json;
import io.atlas.kernel.unit.Usage;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the whole answer of a backend: its usage, or else the text that has to be counted. */
public final class AnswerReader {
    private AnswerReader() {}

    /** What the body means, as an answer by that route. */
    public static Answer read(Route route, byte[] body) {
        try (JsonParser json = Json.lenient(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return new Answer.Nonsense();
            }
            Answer answer = object(route, json);
            return json.nextToken() == null ? answer : new Answer.Nonsense();
        } catch (JacksonException _) {
            return new Answer.Nonsense();
        }
    }

    private static Answer object(Route route, JsonParser json) {
        Optional<Usage> usage = Optional.empty();
        Optional<String> error = Optional.empty();
        StringBuilder text = new StringBuilder();
        boolean answered = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "usage" -> usage = UsageReader.read(json);
                case "error" -> error = ErrorReader.message(json);
                default -> answered |= isAnswer(route, json, name, text);
            }
            json.skipChildren();
        }
        if (error.isPresent()) {
            return new Answer.Failed(error.get());
        }
        return answered ? new Answer.Whole(usage, usage.isPresent() ? "" : text.toString()) : new Answer.Nonsense();
    }

    /** Whether the field is what was asked for; what is written in it is appended. */
    private static boolean isAnswer(Route route, JsonParser json, String name, StringBuilder text) {
        return switch (route) {
            case CHAT, COMPLETION ->
                name.equals("choices") && Choices.read(json, text).present();
            case EMBEDDING -> name.equals("data") && json.currentToken() == JsonToken.START_ARRAY;
        };
    }
}
