package io.atlas.dialect.openai;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Checks the messages as far as their cost goes: how many, and nothing in them but text and calls of tools. */
final class MessagesReader {
    private int count;
    private int names;

    int count() {
        return count;
    }

    int names() {
        return names;
    }

    /** Reads the array that the parser stands on. */
    void read(JsonParser json) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new WrongField("messages", "messages: not a list (expected: a list of messages)");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw new WrongField("messages", "messages[" + count + "]: not an object (expected: a message)");
            }
            message(json);
            count++;
        }
    }

    private void message(JsonParser json) {
        boolean role = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "role" -> role = json.currentToken() == JsonToken.VALUE_STRING;
                case "name" -> names++;
                case "content" -> content(json);
                default -> {}
            }
            json.skipChildren();
        }
        if (!role) {
            throw new WrongField("messages", "messages[" + count + "].role: missing (expected: a string)");
        }
    }

    private void content(JsonParser json) {
        switch (json.currentToken()) {
            case VALUE_STRING, VALUE_NULL -> {}
            case START_ARRAY -> parts(json);
            default ->
                throw new WrongField(
                        "messages",
                        "messages[" + count + "].content: neither text nor parts (expected: a string or a list)");
        }
    }

    private void parts(JsonParser json) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw new WrongField("messages", "messages[" + count + "].content: a part is not an object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("type")) {
                    type(json);
                }
                json.skipChildren();
            }
        }
    }

    /** What an image or a sound costs is not known here yet, and what cannot be bounded is not let through. */
    private void type(JsonParser json) {
        String type = json.currentToken() == JsonToken.VALUE_STRING ? json.getString() : "";
        if (!type.equals("text") && !type.equals("refusal")) {
            throw new WrongField(
                    "messages",
                    "messages[" + count + "].content: a part of a type that is not supported yet (expected: text)");
        }
    }
}
