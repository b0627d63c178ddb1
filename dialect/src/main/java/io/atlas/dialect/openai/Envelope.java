package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.wire.Json;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** OpenAI's error envelope: {@code {"error":{message,type,param,code}}}, all four always there. */
public final class Envelope {
    private Envelope() {}

    /** The envelope of a fault, with nothing beyond it. */
    public static byte[] of(Fault fault) {
        return of(fault, _ -> {});
    }

    /** The envelope of a fault; {@code more} writes further fields of the error. */
    public static byte[] of(Fault fault, Consumer<JsonGenerator> more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = Json.writer(out)) {
            json.writeStartObject();
            json.writeName("error");
            json.writeStartObject();
            json.writeStringProperty("message", fault.message());
            json.writeStringProperty("type", fault.type());
            json.writeName("param");
            fault.param().ifPresentOrElse(json::writeString, json::writeNull);
            json.writeStringProperty("code", fault.code());
            more.accept(json);
            json.writeEndObject();
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
