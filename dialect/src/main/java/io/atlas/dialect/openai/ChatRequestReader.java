package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Ask.PromptSize;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.wire.Json;
import io.atlas.dialect.wire.Splice.Span;
import io.atlas.kernel.reason.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One strict pass over a body: checks it, and remembers where the fields stand that Atlas has to change. */
final class ChatRequestReader {
    private static final int MAX_CHOICES = 8;
    private static final int MAX_TOP_LOGPROBS = 20;
    private static final int MAX_MODEL_CHARACTERS = 256;

    /**
     * Fields that steer a backend or multiply the cost past what was reserved; which of them a server understands, and
     * what a value means there, differs from one to the next.
     */
    private static final Set<String> DENIED = Set.of(
            "best_of",
            "bootstrap_host",
            "bootstrap_port",
            "bootstrap_room",
            "cache_salt",
            "chat_template",
            "chat_template_kwargs",
            "custom_logit_processor",
            "echo",
            "extra_key",
            "kv_transfer_params",
            "lora_path",
            "mm_processor_kwargs",
            "priority",
            "prompt_embeds",
            "prompt_logprobs",
            "request_id",
            "rid",
            "routed_dp_rank",
            "use_beam_search",
            "vllm_xargs");

    /** Fields whose text becomes part of the prompt. */
    private static final Set<String> PROMPT = Set.of("tools", "functions", "response_format");

    private final byte[] body;
    private final Map<String, Span> fields = new HashMap<>();
    private String model = "";
    private Delivery delivery = Delivery.WHOLE;
    private OptionalLong maxOutput = OptionalLong.empty();
    private int choices = 1;
    private StreamOptions streamOptions = StreamOptions.NONE;
    private long textBytes;
    private MessagesReader messages = new MessagesReader();

    ChatRequestReader(byte[] body) {
        this.body = body;
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
            return new Decoded.Request(new ChatRequest(body, ask(), fields, streamOptions));
        } catch (WrongField e) {
            return new Decoded.Wrong(e.fault());
        } catch (JacksonException e) {
            return wrong("the body is not JSON that can be read in one way only: " + firstLine(e.getOriginalMessage()));
        }
    }

    private void readFields(JsonParser json) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (Json.brokenSurrogates(name)) {
                throw new WrongField(Fault.of(Reason.INVALID_REQUEST, "a key holds half of a surrogate pair"));
            }
            Span nameSpan = new Span(offset(json.currentTokenLocation().getByteOffset()), 0);
            json.nextToken();
            int start = offset(json.currentTokenLocation().getByteOffset());
            readField(json, name);
            json.finishToken();
            int end = offset(json.currentLocation().getByteOffset());
            if (json.currentToken() != JsonToken.VALUE_NULL) {
                remember(name, nameSpan.start(), new Span(start, end));
            }
        }
        int close = offset(json.currentTokenLocation().getByteOffset());
        fields.put("}", new Span(close, close + 1));
    }

    private void remember(String name, int nameStart, Span value) {
        fields.put(name, value);
        fields.put(name + ChatRequest.NAME, new Span(nameStart, nameStart + name.length() + 2));
        if (PROMPT.contains(name) || name.equals("messages")) {
            textBytes += value.length();
        }
    }

    private void readField(JsonParser json, String name) {
        if (DENIED.contains(name)) {
            throw new WrongField(name, name + ": is not accepted by this gateway");
        }
        switch (name) {
            case "model" -> model = text(json, name);
            case "messages" -> messages.read(json);
            case "stream" -> delivery = flag(json, name) ? Delivery.STREAMED : Delivery.WHOLE;
            case "n" ->
                choices = Math.toIntExact(number(json, name, MAX_CHOICES).orElse(1));
            case "max_tokens", "max_completion_tokens" -> maxOutput = bound(json, name);
            case "top_logprobs" -> topLogprobs(json);
            case "stream_options" -> streamOptions = streamOptions(json);
            default -> json.skipChildren();
        }
    }

    private Ask ask() {
        if (model.isEmpty()) {
            throw new WrongField("model", "model: missing (expected: the name of a model)");
        }
        if (messages.count() == 0) {
            throw new WrongField("messages", "messages: missing (expected: at least one message)");
        }
        PromptSize size = new PromptSize(textBytes, messages.count(), messages.names());
        return new Ask(model, delivery, maxOutput, choices, streamOptions.usage(), size);
    }

    private static String text(JsonParser json, String name) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new WrongField(name, name + ": not a text (expected: a string)");
        }
        String text = json.getString();
        if (text.isEmpty() || text.length() > MAX_MODEL_CHARACTERS || Json.brokenSurrogates(text)) {
            throw new WrongField(name, name + ": not a name (expected: 1 to " + MAX_MODEL_CHARACTERS + " characters)");
        }
        return text;
    }

    private static boolean flag(JsonParser json, String name) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw new WrongField(name, name + ": not a truth value (expected: true or false)");
        };
    }

    private OptionalLong bound(JsonParser json, String name) {
        OptionalLong bound = number(json, name, Integer.MAX_VALUE);
        if (bound.isPresent() && maxOutput.isPresent()) {
            throw new WrongField(
                    name,
                    name + ": given beside the other name of the same bound (expected: one of "
                            + "max_tokens and max_completion_tokens)");
        }
        return bound.isPresent() ? bound : maxOutput;
    }

    /** Reads a whole number from 1 on; 10.0, 1e3 and "10" are read otherwise by others, so they are none. */
    private static OptionalLong number(JsonParser json, String name, long max) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return OptionalLong.empty();
        }
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                || !json.getString().matches("[1-9][0-9]{0,9}")) {
            throw new WrongField(name, name + ": not a whole number in range (expected: 1 to " + max + ")");
        }
        long value = json.getLongValue();
        if (value > max) {
            throw new WrongField(name, name + ": " + value + " (expected: 1 to " + max + ")");
        }
        return OptionalLong.of(value);
    }

    private static void topLogprobs(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getString().equals("0")) {
            return;
        }
        number(json, "top_logprobs", MAX_TOP_LOGPROBS);
    }

    private StreamOptions streamOptions(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return StreamOptions.NONE;
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
            int start = offset(json.currentTokenLocation().getByteOffset());
            json.nextToken();
            switch (name) {
                case "include_usage" -> shown = flag(json, "stream_options");
                case "continuous_usage_stats" -> running = flag(json, "stream_options");
                default -> {
                    json.skipChildren();
                    json.finishToken();
                    int end = offset(json.currentLocation().getByteOffset());
                    others.add(new Span(start, end).of(body));
                }
            }
        }
        UsageWish wish = running && shown ? UsageWish.SHOWN_RUNNING : shown ? UsageWish.SHOWN : UsageWish.HIDDEN;
        return new StreamOptions(wish, others);
    }

    private static int offset(long bytes) {
        return Math.toIntExact(bytes);
    }

    private static Decoded wrong(String message) {
        return new Decoded.Wrong(Fault.of(Reason.INVALID_REQUEST, message));
    }

    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) : line;
    }
}
