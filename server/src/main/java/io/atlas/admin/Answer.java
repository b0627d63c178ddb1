package io.atlas.admin;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** An answer to an operator. */
public record Answer(int status, String contentType, byte[] body) {
    private static final JsonFactory JSON = new JsonFactory();

    /** What was asked for. */
    public static Answer ok(byte[] json) {
        return new Answer(200, "application/json", json);
    }

    /** What was made. */
    public static Answer created(byte[] json) {
        return new Answer(201, "application/json", json);
    }

    /** A question that cannot be answered, as RFC 9457 writes it. */
    public static Answer error(int status, String code, String detail) {
        byte[] body = json(writer -> {
            writer.writeStartObject();
            writer.writeStringProperty("type", "about:blank");
            writer.writeStringProperty("title", code);
            writer.writeNumberProperty("status", status);
            writer.writeStringProperty("detail", detail);
            writer.writeEndObject();
        });
        return new Answer(status, "application/problem+json", body);
    }

    static byte[] json(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            content.accept(json);
        }
        return out.toByteArray();
    }
}
