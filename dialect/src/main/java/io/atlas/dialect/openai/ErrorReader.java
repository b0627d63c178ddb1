package io.atlas.dialect.openai;

import io.atlas.dialect.wire.Json;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads what a backend says went wrong, in any of the shapes found in the field: OpenAI's envelope, SGLang's flat one,
 * {@code {"error":"text"}} of vLLM and Triton, {@code {"detail":"text"}} of FastAPI. Addresses and keys are cut out of it:
 * where a backend stands is not the caller's to know, nor what it is made of, so stack traces go too.
 */
public final class ErrorReader {
    private static final int MAX_MESSAGE = 500;
    private static final Pattern ADDRESS = Pattern.compile(
            "\\b[a-z][a-z0-9+.-]*://\\S+|\\b\\d{1,3}(\\.\\d{1,3}){3}(:\\d+)?\\b|\\b[\\w.-]+:\\d{2,5}\\b"
                    + "|\\b(?:[a-z0-9-]+\\.)+(?:internal|intranet|local|localdomain|lan|corp|home|svc|cluster)\\b(?:\\.[a-z]+)*",
            Pattern.CASE_INSENSITIVE);
    /** Where a stack trace begins, as Python and Java write them. */
    private static final Pattern STACK =
            Pattern.compile("(Traceback \\(|\\bFile \".*\", line \\d|\\s+at [\\w.$/]+\\([^)]*\\)).*", Pattern.DOTALL);
    /** A class with its package: {@code torch.cuda.OutOfMemoryError}. */
    private static final Pattern CLASS = Pattern.compile("\\b([a-z_]\\w*\\.)+[A-Z]\\w*");

    private static final Pattern KEY =
            Pattern.compile("\\b(sk|atl|pk|key|Bearer)[-_ ][A-Za-z0-9_*-]{6,}", Pattern.CASE_INSENSITIVE);

    private ErrorReader() {}

    /** The message in an error body; empty where there is none. */
    public static Optional<String> of(byte[] body) {
        try (JsonParser json = Json.lenient(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            return message(json);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /** The message of the value that the parser stands on: a text, or the first message found in an object. */
    static Optional<String> message(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return Optional.of(cleaned(json.getString()));
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Optional.empty();
        }
        Optional<String> found = Optional.empty();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            boolean says = name.equals("message") || name.equals("error") || name.equals("detail");
            if (says && found.isEmpty()) {
                found = message(json);
            } else {
                json.skipChildren();
            }
        }
        return found;
    }

    private static String cleaned(String message) {
        String bounded = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
        String told = STACK.matcher(bounded).replaceFirst("");
        String hidden =
                KEY.matcher(ADDRESS.matcher(told).replaceAll("[address]")).replaceAll("[key]");
        String plain = CLASS.matcher(hidden).replaceAll("[error]").replaceAll("\\p{Cntrl}", " ");
        return plain.isBlank() ? "no reason given" : plain.strip();
    }
}
