package io.atlas.ledger.sql;

import io.atlas.answer.AskedJson;
import io.atlas.answer.LimitJson;
import io.atlas.answer.StepJson;
import io.atlas.kernel.unit.Usage;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What is left of a receipt when it is not kept any more: the figures of its line, in the receipt's own shape. */
public final class FiguresJson {
    private static final JsonFactory JSON = new JsonFactory();

    private FiguresJson() {}

    /** From a row that has the line's {@code decision} (its id), entry, caller and terms. */
    public static String of(ResultSet row) throws SQLException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("id", row.getString("decision"));
            json.writeStringProperty(
                    "at",
                    Instant.EPOCH
                            .plus(row.getLong("at_micros"), ChronoUnit.MICROS)
                            .toString());
            json.writeNumberProperty("duration_us", row.getLong("duration_micros"));
            AskedJson.caller(json, Names.caller(row));
            json.writeStringProperty("outcome", row.getString("outcome"));
            LimitJson.text(json, "reason", Optional.ofNullable(row.getString("reason")));
            models(json, row);
            json.writeStringProperty("story", "not_kept");
            json.writeArrayPropertyStart("steps");
            json.writeEndArray();
            charge(json, row);
            json.writeStringProperty("configuration", row.getString("configuration"));
            json.writeNullProperty("trace_id");
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The line has one model: that which served, else that which was asked for. */
    private static void models(JsonGenerator json, ResultSet row) throws SQLException {
        Optional<String> model = Text.optional(row.getString("model"));
        Optional<String> backend = Text.optional(row.getString("backend"));
        json.writeObjectPropertyStart("asked");
        LimitJson.text(json, "model", backend.isPresent() ? Optional.empty() : model);
        json.writeEndObject();
        if (backend.isEmpty()) {
            json.writeNullProperty("served");
            return;
        }
        json.writeObjectPropertyStart("served");
        LimitJson.text(json, "model", model);
        LimitJson.text(json, "backend", backend);
        json.writeNullProperty("deployment");
        json.writeEndObject();
    }

    private static void charge(JsonGenerator json, ResultSet row) throws SQLException {
        json.writeObjectPropertyStart("usage");
        StepJson.usage(
                json,
                new Usage(
                        row.getLong("input_tokens"),
                        row.getLong("cached_input_tokens"),
                        row.getLong("output_tokens"),
                        row.getLong("reasoning_tokens")));
        json.writeStringProperty("source", row.getString("source"));
        json.writeEndObject();
        json.writeNumberProperty("cost_nano_usd", row.getLong("cost_nano_usd"));
        json.writeNumberProperty("credits", row.getLong("credits"));
        json.writeNumberProperty("refused_cost_nano_usd", row.getLong("refused_nano_usd"));
        LimitJson.text(json, "price", Text.optional(row.getString("price")));
    }
}
