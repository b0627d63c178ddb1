package io.atlas.dialect.openai;

import io.atlas.dialect.wire.Json;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The answers to {@code GET /v1/models} and {@code GET /v1/models/ID}. */
public final class ModelList {
    private static final String OWNER = "atlas";

    private ModelList() {}

    /** The list of these models. */
    public static byte[] of(List<String> names, long createdEpochSeconds) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = Json.writer(out)) {
            json.writeStartObject();
            json.writeStringProperty("object", "list");
            json.writeName("data");
            json.writeStartArray();
            names.forEach(name -> write(json, name, createdEpochSeconds));
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** One model. */
    public static byte[] one(String name, long createdEpochSeconds) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        try (JsonGenerator json = Json.writer(out)) {
            write(json, name, createdEpochSeconds);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, String name, long createdEpochSeconds) {
        json.writeStartObject();
        json.writeStringProperty("id", name);
        json.writeStringProperty("object", "model");
        json.writeNumberProperty("created", createdEpochSeconds);
        json.writeStringProperty("owned_by", OWNER);
        json.writeEndObject();
    }
}
