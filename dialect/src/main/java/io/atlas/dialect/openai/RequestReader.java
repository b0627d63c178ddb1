package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.wire.Json;
import io.atlas.dialect.wire.Splice.Span;
import io.atlas.kernel.reason.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One strict pass over a body: checks it, and remembers where the fields stand that Atlas has to change. Here is what all
 * routes have in common; what each has of its own is in its reader.
 */
abstract sealed class RequestReader permits ChatReader, CompletionReader, EmbeddingReader {
    private static final Pattern GIVEN_TWICE =
            Pattern.compile("Duplicate Object property \"([A-Za-z_][A-Za-z0-9_]{0,63})\"");

    private static final int MAX_MODEL_CHARACTERS = 256;

    /**
     * Fields that steer a backend, that lead it elsewhere, or that multiply the cost past what was reserved; which of them
     * a server understands, and what a value means there, differs from one to the next. Those that hold further fields are
     * refused whole.
     */
    private static final Set<String> DENIED = Set.of(
            "api_base",
            "api_key",
            "audio",
            "base_url",
            "bootstrap_host",
            "bootstrap_port",
            "bootstrap_room",
            "cache_salt",
            "chat_template",
            "chat_template_kwargs",
            "custom_logit_processor",
            "custom_params",
            "data_parallel_rank",
            "disagg_prefill_dp_rank",
            "extra_args",
            "extra_body",
            "extra_headers",
            "extra_key",
            "extra_query",
            "input_embeds",
            "input_ids",
            "kv_transfer_params",
            "lora_path",
            "lora_request",
            "media_io_kwargs",
            "mm_processor_kwargs",
            "prediction",
            "priority",
            "prompt_embeds",
            "prompt_logprobs",
            "request_id",
            "return_hidden_states",
            "rid",
            "routed_dp_rank",
            "sampling_params",
            "session_params",
            "use_beam_search",
            "user_config",
            "vllm_xargs",
            "web_search_options");

    private final Route route;
    private final byte[] body;
    private final Map<String, Span> fields = new HashMap<>();
    private String model = "";
    private long promptBytes;

    RequestReader(Route route, byte[] body) {
        this.route = route;
        this.body = body;
    }

    /** Reads a field of this route, or leaves it where it needs no check. */
    abstract void field(JsonParser json, String name);

    /**
     * What is asked for, after the last field.
     *
     * @param bytes of the fields that hold the prompt
     */
    abstract Ask ask(String named, long bytes);

    /** The options of a stream; none where the route has no streams. */
    StreamOptions streamOptions() {
        return StreamOptions.NONE;
    }

    Decoded read() {
        if (!Json.startsAsObjectInUtf8(body)) {
            return wrong("the body is not a JSON object in UTF-8");
        }
        try (JsonParser json = Json.strict(body)) {
            json.nextToken();
            readFields(json);
            if (json.nextToken() != null) {
                return wrong("the body goes on after the end of its JSON object");
            }
            if (model.isEmpty()) {
                throw new WrongField("model", "model: missing (expected: the name of a model)");
            }
            return new Decoded.Request(
                    new OpenAiRequest(route, body, fields, ask(model, promptBytes), streamOptions()));
        } catch (WrongField e) {
            return new Decoded.Wrong(e.fault());
        } catch (JacksonException e) {
            return unreadable(e);
        }
    }

    private void readFields(JsonParser json) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (Json.brokenSurrogates(name)) {
                throw new WrongField(Fault.of(Reason.INVALID_REQUEST, "a key holds half of a surrogate pair"));
            }
            int nameStart = offset(json.currentTokenLocation().getByteOffset());
            json.nextToken();
            int start = offset(json.currentTokenLocation().getByteOffset());
            readField(json, name);
            json.skipChildren();
            json.finishToken();
            int end = offset(json.currentLocation().getByteOffset());
            if (json.currentToken() != JsonToken.VALUE_NULL) {
                remember(name, nameStart, new Span(start, end));
            }
        }
        int close = offset(json.currentTokenLocation().getByteOffset());
        fields.put("}", new Span(close, close + 1));
    }

    private void readField(JsonParser json, String name) {
        if (DENIED.contains(name)) {
            throw new WrongField(name, name + ": is not accepted by this gateway");
        }
        if (route.isOfAnother(name)) {
            throw new WrongField(name, name + ": is not a field of " + route.path());
        }
        if (name.equals("model")) {
            model = modelName(json);
        } else {
            field(json, name);
        }
    }

    private void remember(String name, int nameStart, Span value) {
        fields.put(name, value);
        fields.put(name + OpenAiRequest.NAME, new Span(nameStart, nameStart + name.length() + 2));
        if (route.speaks(name) || route.writes(name)) {
            promptBytes += value.length();
        }
    }

    private static String modelName(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new WrongField("model", "model: not a text (expected: a string)");
        }
        String text = json.getString();
        if (text.isEmpty() || text.length() > MAX_MODEL_CHARACTERS || Json.brokenSurrogates(text)) {
            throw new WrongField("model", "model: not a name (expected: 1 to " + MAX_MODEL_CHARACTERS + " characters)");
        }
        return text;
    }

    /** Reads true or false; null is false. */
    static boolean flag(JsonParser json, String name) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw new WrongField(name, name + ": not a truth value (expected: true or false)");
        };
    }

    /** Whether that is more than null or an empty list, which is how many libraries write that there is nothing. */
    static boolean holdsSomething(JsonParser json) {
        boolean list = json.currentToken() == JsonToken.START_ARRAY;
        if (!list || json.nextToken() == JsonToken.END_ARRAY) {
            return !list && json.currentToken() != JsonToken.VALUE_NULL;
        }
        while (json.currentToken() != JsonToken.END_ARRAY) {
            json.skipChildren();
            json.nextToken();
        }
        return true;
    }

    /** Reads a whole number from 1 on; 10.0, 1e3 and "10" are read otherwise by others, so they are none. */
    static OptionalLong number(JsonParser json, String name, long max) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return OptionalLong.empty();
        }
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || !isCount(json.getString())) {
            throw new WrongField(name, name + ": not a whole number in range (expected: 1 to " + max + ")");
        }
        long value = json.getLongValue();
        if (value > max) {
            throw new WrongField(name, name + ": " + value + " (expected: 1 to " + max + ")");
        }
        return OptionalLong.of(value);
    }

    /** Checks a whole number from 0 on. */
    static void numberOrZero(JsonParser json, String name, long max) {
        boolean zero = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getString().equals("0");
        if (!zero) {
            number(json, name, max);
        }
    }

    static int offset(long bytes) {
        return Math.toIntExact(bytes);
    }

    private static Decoded wrong(String message) {
        return new Decoded.Wrong(Fault.of(Reason.INVALID_REQUEST, message));
    }

    /** Whether a number that is whole by JSON's grammar is one from 1 on that is not too long to be read. */
    private static boolean isCount(String number) {
        return number.length() <= 10 && number.charAt(0) != '-' && !number.equals("0");
    }

    /** What is wrong, in words of our own and with its place: the parser's tell of the parser. */
    private static Decoded unreadable(JacksonException problem) {
        Matcher twice = GIVEN_TWICE.matcher(problem.getOriginalMessage());
        if (twice.lookingAt()) {
            String field = twice.group(1);
            return new Decoded.Wrong(Fault.ofField(field, field + ": given twice (expected: once)"));
        }
        long at = problem.getLocation() == null ? -1 : problem.getLocation().getByteOffset();
        return wrong("the body is not JSON that can be read in one way only" + (at < 0 ? "" : ", near byte " + at));
    }
}
