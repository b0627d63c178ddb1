package io.atlas.admin;

import io.atlas.dialect.wire.Json;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What was asked as fields of texts, read strictly: the body of a change, one flat object, in which {@code null} is as good
 * as absent; or the parameters of a question. What is wrong gathers, so that all of it is said at once.
 */
final class Form {
    private static final int MAX_SHOWN = 64;

    private final Map<String, String> texts = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();

    private final String code;

    private Form(String code) {
        this.code = code;
    }

    /** A question that may have these parameters; an empty one is as good as absent. */
    static Form of(Map<String, String> query, Set<String> parameters) {
        Form form = new Form("invalid_query");
        query.forEach((parameter, text) -> {
            if (!parameters.contains(parameter)) {
                form.complain(shown(parameter) + ": unknown parameter (" + Names.choice(parameter, parameters) + ")");
            } else if (!text.isEmpty()) {
                form.texts.put(parameter, text);
            }
        });
        return form;
    }

    /** Reads a body that may have these fields; one of no bytes has none. */
    static Form read(byte[] body, Set<String> fields) {
        Form form = new Form("invalid_body");
        if (body.length == 0) {
            return form;
        }
        if (!Json.startsAsObjectInUtf8(body)) {
            form.complain("body: no object (expected: a JSON object in UTF-8)");
            return form;
        }
        try (JsonParser json = Json.strict(body)) {
            form.readObject(json, fields);
        } catch (JacksonException e) {
            form.complain("body: " + e.getOriginalMessage() + " (expected: a JSON object, each key once)");
        }
        return form;
    }

    /** The value of a field; empty where it is absent or wrong. */
    <T> Optional<T> optional(String field, Grammar<T> grammar) {
        String text = texts.get(field);
        if (text == null) {
            return Optional.empty();
        }
        Optional<T> value = grammar.read(text);
        if (value.isEmpty()) {
            complain(field + ": " + shown(text) + " (" + grammar.complaint(text) + ")");
        }
        return value;
    }

    /** The value of a field that must be there; empty only where something is wrong. */
    <T> Optional<T> required(String field, Grammar<T> grammar) {
        if (!texts.containsKey(field)) {
            complain(field + ": missing (" + grammar.complaint("") + ")");
        }
        return optional(field, grammar);
    }

    /** Something is wrong. */
    void complain(String complaint) {
        complaints.add(complaint);
    }

    /** The answer to one in which something is wrong. */
    Optional<Answer> refusal() {
        return complaints.isEmpty()
                ? Optional.empty()
                : Optional.of(Answer.error(400, code, String.join("; ", complaints)));
    }

    private void readObject(JsonParser json, Set<String> fields) {
        json.nextToken();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (!fields.contains(field)) {
                complain(shown(field) + ": unknown field (" + Names.choice(field, fields) + ")");
            } else if (value == JsonToken.VALUE_STRING) {
                texts.put(field, json.getString());
            } else if (value != JsonToken.VALUE_NULL) {
                complain(field + ": no text (expected: a text)");
            }
            json.skipChildren();
        }
        if (json.nextToken() != null) {
            complain("body: something after the object (expected: nothing)");
        }
    }

    private static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
