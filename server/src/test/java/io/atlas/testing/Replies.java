package io.atlas.testing;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON that the upstream says. */
final class Replies {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Replies() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String text(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    static String error(int status) {
        ObjectNode root = object();
        root.putObject("error")
                .put("message", "the oracle says " + status)
                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                .putNull("param")
                .put("code", "oracle_" + status);
        return text(root);
    }

    /** The usage of an answer without words. */
    static ObjectNode usage(long promptTokens) {
        return object().put("prompt_tokens", promptTokens).put("total_tokens", promptTokens);
    }

    static ObjectNode usage(long promptTokens, long completionTokens) {
        return object().put("prompt_tokens", promptTokens)
                .put("completion_tokens", completionTokens)
                .put("total_tokens", promptTokens + completionTokens);
    }

    /** A chunk without choices. */
    static ObjectNode chunk(Ask ask) {
        ObjectNode root = head(ask, ask.is(Ask.CHAT) ? "chat.completion.chunk" : "text_completion");
        root.putArray("choices");
        return root;
    }

    /** A chunk with one choice. */
    static ObjectNode chunk(Ask ask, int index, ObjectNode delta, JsonNode finish) {
        ObjectNode root = chunk(ask);
        ObjectNode choice = root.withArray("/choices").addObject().put("index", index);
        if (ask.is(Ask.CHAT)) {
            choice.set("delta", delta);
        } else {
            choice.put("text", delta.path("content").asString(""));
        }
        choice.set("finish_reason", finish);
        return root;
    }

    /** A whole answer without usage, every choice of which has the same message. */
    static ObjectNode answer(Ask ask, ObjectNode message, String finish) {
        ObjectNode root = head(ask, ask.is(Ask.CHAT) ? "chat.completion" : "text_completion");
        ArrayNode list = root.putArray("choices");
        for (int i = 0; i < ask.choices(); i++) {
            ObjectNode choice = list.addObject().put("index", i);
            if (ask.is(Ask.CHAT)) {
                choice.set("message", message);
            } else {
                choice.put("text", message.path("content").asString("")).putNull("logprobs");
            }
            choice.put("finish_reason", finish);
        }
        return root;
    }

    /** A vector of length one for each input, without usage. */
    static ObjectNode embeddings(Ask ask) {
        ObjectNode root = object().put("object", "list").put("model", ask.model());
        ArrayNode data = root.putArray("data");
        boolean base64 = ask.root().path("encoding_format").asString("").equals("base64");
        for (int i = 0; i < ask.prompts().size(); i++) {
            ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
            if (base64) {
                one.put("embedding", "AACAPwAAAAA=");
            } else {
                one.putArray("embedding").add(1.0).add(0.0);
            }
        }
        return root;
    }

    private static ObjectNode head(Ask ask, String object) {
        return object().put("id", "oracle")
                .put("object", object)
                .put("created", 0)
                .put("model", ask.model());
    }

    /** A message, or where {@code tool} has a name the call of that tool. */
    static ObjectNode message(List<String> pieces, String tool, String callId) {
        String text = String.join("", pieces);
        ObjectNode message = object().put("role", "assistant");
        if (tool.isEmpty()) {
            return message.put("content", text);
        }
        message.putNull("content").putArray("tool_calls").add(call(tool, text).put("id", callId));
        return message;
    }

    /** What the piece at {@code index} adds to a message. */
    static ObjectNode delta(List<String> pieces, int index, String tool, String callId) {
        if (tool.isEmpty()) {
            return object().put("content", pieces.get(index));
        }
        ObjectNode delta = object();
        ObjectNode call = index == 0 ? call(tool, "").put("id", callId) : object();
        if (index > 0) {
            call.putObject("function").put("arguments", pieces.get(index));
        }
        delta.putArray("tool_calls").add(call.put("index", 0));
        return delta;
    }

    private static ObjectNode call(String tool, String arguments) {
        ObjectNode call = object().put("type", "function");
        call.putObject("function").put("name", tool).put("arguments", arguments);
        return call;
    }
}
