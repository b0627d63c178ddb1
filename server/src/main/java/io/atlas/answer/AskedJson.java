package io.atlas.answer;

import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.tenant.Caller;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Who asked for what, as receipts write it. */
public final class AskedJson {
    private AskedJson() {}

    /** Writes the properties {@code caller} and {@code asked}. */
    public static void write(JsonGenerator json, Caller caller, Asked asked) {
        caller(json, caller);
        asked(json, asked);
    }

    /** Writes the property {@code asked}. */
    public static void asked(JsonGenerator json, Asked asked) {
        json.writeObjectPropertyStart("asked");
        json.writeStringProperty("dialect", asked.dialect());
        json.writeStringProperty("route", asked.route());
        LimitJson.text(json, "model", Optional.of(asked.writableModel()).filter(model -> !model.isEmpty()));
        json.writeBooleanProperty("stream", asked.answering() == Asked.Answering.STREAMED);
        LimitJson.number(json, "max_tokens", asked.maxTokens());
        json.writeObjectPropertyStart("tags");
        asked.tags().values().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Writes the property {@code caller}. */
    public static void caller(JsonGenerator json, Caller caller) {
        json.writeObjectPropertyStart("caller");
        json.writeStringProperty("tenant", caller.tenant());
        LimitJson.text(json, "team", caller.team());
        LimitJson.text(json, "user", caller.user());
        json.writeStringProperty("key", caller.key());
        LimitJson.text(json, "end_user", caller.endUser());
        json.writeStringProperty("tier", caller.tier());
        json.writeEndObject();
    }
}
