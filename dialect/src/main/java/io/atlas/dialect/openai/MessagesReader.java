package io.atlas.dialect.openai;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Checks the messages as far as their cost goes: how many, and nothing in them but text, calls of tools, and images that
 * come along. An address would be fetched by the backend, from inside the network it stands in.
 */
final class MessagesReader {
    private static final int MAX_IMAGES = 16;
    private static final String DATA = "\"data:image/";
    private static final String ESCAPED_DATA = "\"data:image\\/";
    private static final int LONGEST = ESCAPED_DATA.length();

    private final byte[] body;
    private int count;
    private int names;
    private int images;
    private long imageBytes;
    private boolean tools;

    MessagesReader(byte[] body) {
        this.body = body;
    }

    int count() {
        return count;
    }

    int names() {
        return names;
    }

    int images() {
        return images;
    }

    /** Whether a tool was called in them. */
    boolean tools() {
        return tools;
    }

    /** Bytes of the images, which are no text. */
    long imageBytes() {
        return imageBytes;
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
                case "audio" -> noAudio(json);
                case "tool_calls", "tool_call_id", "function_call" -> tools |= RequestReader.holdsSomething(json);
                default -> {}
            }
            json.skipChildren();
        }
        if (!role) {
            throw new WrongField("messages", "messages[" + count + "].role: missing (expected: a string)");
        }
    }

    /** A spoken answer of before is called up by its id, so that its length is not to be seen here. */
    private void noAudio(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            throw new WrongField("audio", "messages[" + count + "].audio: is not accepted by this gateway");
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
            part(json);
        }
    }

    /** Some servers go by the type of a part and some by its fields, so both have to say the same. */
    private void part(JsonParser json) {
        String type = "";
        boolean image = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "type" -> type = type(json);
                case "image_url" -> {
                    image(json);
                    image = true;
                }
                case "input_audio",
                        "audio_url",
                        "audio_embeds",
                        "video_url",
                        "file",
                        "input_image",
                        "image_pil",
                        "image_embeds",
                        "uuid" -> throw unaccepted(name);
                default -> {}
            }
            json.skipChildren();
        }
        if (type.isEmpty() || image != type.equals("image_url")) {
            throw new WrongField(
                    "messages",
                    "messages[" + count + "].content: a part whose type is missing or not that of its fields");
        }
    }

    private String type(JsonParser json) {
        String type = json.currentToken() == JsonToken.VALUE_STRING ? json.getString() : "";
        return switch (type) {
            case "text", "refusal", "image_url" -> type;
            case "input_audio", "audio_url", "video_url", "file" -> throw unaccepted(type);
            default ->
                throw new WrongField(
                        "messages",
                        "messages[" + count + "].content: a part of a type that is not accepted"
                                + " (expected: text or image_url)");
        };
    }

    private WrongField unaccepted(String name) {
        return new WrongField(name, "messages[" + count + "].content: " + name + " is not accepted by this gateway");
    }

    private void image(JsonParser json) {
        boolean found = false;
        if (json.currentToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("url")) {
                    address(json);
                    found = true;
                }
                json.skipChildren();
            }
        }
        if (!found) {
            throw new WrongField(
                    "image_url",
                    "messages[" + count + "].content: image_url without a url (expected: {\"url\": \"data:...\"})");
        }
        images++;
        if (images > MAX_IMAGES) {
            throw new WrongField("image_url", "image_url: too many images (expected: at most " + MAX_IMAGES + ")");
        }
    }

    /** The bytes are looked at where they stand: to make a text of an image would cost more than all the rest. */
    private void address(JsonParser json) {
        int start = RequestReader.offset(json.currentTokenLocation().getByteOffset());
        if (json.currentToken() != JsonToken.VALUE_STRING || !startsAsImage(start)) {
            throw new WrongField(
                    "image_url",
                    "messages[" + count + "].content: image_url is not a data: URI of an image,"
                            + " and no other address is fetched");
        }
        json.finishToken();
        imageBytes += RequestReader.offset(json.currentLocation().getByteOffset()) - start;
    }

    /** Some libraries write a slash in a string as an escape. The string may have no end: it is read no further yet. */
    private boolean startsAsImage(int start) {
        String head = new String(body, start, Math.min(LONGEST, body.length - start), StandardCharsets.ISO_8859_1);
        return head.startsWith(DATA) || head.startsWith(ESCAPED_DATA);
    }
}
