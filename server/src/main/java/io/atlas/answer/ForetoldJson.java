package io.atlas.answer;

import io.atlas.answer.Foretold.Forecast;
import io.atlas.answer.Foretold.Standing;
import io.atlas.dialect.wire.Json;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.receipt.Remedy;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import tools.jackson.core.JsonGenerator;

/** The answer to {@code POST /v1/quota/check}. */
public final class ForetoldJson {
    private static final int USUAL_BYTES = 2_048;
    private static final int OK = 200;

    private ForetoldJson() {}

    /**
     * The answer in UTF-8.
     *
     * @param outlook what is foretold of a limit that is that full
     */
    public static byte[] of(Foretold foretold, BiFunction<Limit, Level, LimitJson.Outlook> outlook) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = Json.writer(out)) {
            json.writeStartObject();
            json.writeStringProperty("at", Rfc3339.of(foretold.atMicros()));
            AskedJson.write(json, foretold.caller(), foretold.asked());
            switch (foretold.forecast()) {
                case Forecast.Served served -> served(json, foretold, served);
                case Forecast.Refused refused -> refused(json, refused);
            }
            json.writeArrayPropertyStart("limits");
            foretold.limits().forEach(standing -> standing(json, standing, outlook));
            json.writeEndArray();
            StepJson.write(json, foretold.steps());
            json.writeStringProperty("configuration", foretold.configuration());
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void served(JsonGenerator json, Foretold foretold, Forecast.Served served) {
        json.writeStringProperty("outcome", "served");
        json.writeNullProperty("reason");
        json.writeNumberProperty("status", OK);
        json.writeNullProperty("message");
        json.writeObjectPropertyStart("served");
        json.writeStringProperty("model", served.model());
        LimitJson.text(
                json,
                "downgraded_from",
                Optional.of(foretold.asked().model()).filter(asked -> !asked.equals(served.model())));
        json.writeNumberProperty("trimmed_tokens", served.trimmedTokens());
        json.writeNumberProperty("input_tokens", served.inputTokens());
        json.writeNumberProperty("max_tokens", served.outputTokens());
        json.writeNumberProperty("cost_at_most_nano_usd", served.costNanoUsd());
        json.writeStringProperty("price", served.price());
        json.writeEndObject();
        out(json, OptionalLong.empty(), List.of());
    }

    private static void refused(JsonGenerator json, Forecast.Refused refused) {
        json.writeStringProperty("outcome", "refused");
        json.writeStringProperty("reason", refused.fault().reason().code());
        json.writeNumberProperty("status", refused.fault().status());
        json.writeStringProperty("message", refused.fault().message());
        json.writeNullProperty("served");
        out(json, refused.retryAfterMillis(), refused.remedies());
    }

    private static void out(JsonGenerator json, OptionalLong retryAfterMillis, List<Remedy> remedies) {
        LimitJson.number(json, "retry_after_ms", retryAfterMillis);
        RemedyJson.write(json, remedies);
    }

    private static void standing(
            JsonGenerator json, Standing standing, BiFunction<Limit, Level, LimitJson.Outlook> outlook) {
        json.writeStartObject();
        LimitJson.fields(json, standing.limit(), standing.before(), outlook.apply(standing.limit(), standing.before()));
        json.writeNumberProperty("asked", standing.asked());
        LimitJson.number(
                json,
                "remaining_after",
                standing.after().stream()
                        .mapToLong(level -> level.remaining(standing.limit().spec()))
                        .findFirst());
        json.writeEndObject();
    }
}
