package io.atlas.ledger.sql;

import io.atlas.answer.AskedJson;
import io.atlas.answer.LimitJson;
import io.atlas.answer.StepJson;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.unit.Usage;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A receipt as answers show it: the contract's shape of {@code GET /v1/decisions/ID}. It is made of the line's row and of
 * what the row does not say, which is kept for a time. Its tenant may read all of it, so that what its tokens cost us is
 * not in it.
 */
public final class ReceiptJson {
    private static final JsonFactory JSON = new JsonFactory();

    private ReceiptJson() {}

    /**
     * The whole receipt.
     *
     * @param row that has the line's {@code decision} (its id), entry, caller and terms
     * @param rest at the start of an object with {@code asked}, {@code steps} and, where there is one, {@code trace_id}, in
     *     this order
     */
    public static String of(ResultSet row, JsonParser rest) throws SQLException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            rest.nextToken();
            json.writeStartObject();
            json.writeStringProperty("id", row.getString("decision"));
            json.writeStringProperty(
                    "at",
                    Instant.EPOCH
                            .plus(row.getLong("at_micros"), ChronoUnit.MICROS)
                            .toString());
            json.writeNumberProperty("duration_us", row.getLong("duration_micros"));
            AskedJson.caller(json, Names.caller(row));
            copy(json, rest, "asked");
            json.writeStringProperty("outcome", row.getString("outcome"));
            LimitJson.text(json, "reason", Optional.ofNullable(row.getString("reason")));
            served(json, row);
            copy(json, rest, "steps");
            charge(json, row);
            json.writeStringProperty("configuration", row.getString("configuration"));
            LimitJson.text(
                    json, "trace_id", Optional.ofNullable(rest.nextName()).map(_ -> rest.nextStringValue()));
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The same where the rest is not kept any more: the figures of the line. */
    public static String figures(ResultSet row) throws SQLException {
        StringWriter rest = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), rest)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("asked");
            LimitJson.text(
                    json, "model", served(row).isPresent() ? Optional.empty() : Text.optional(row.getString("model")));
            json.writeEndObject();
            json.writeStringProperty("story", "not_kept");
            json.writeArrayPropertyStart("steps");
            json.writeEndArray();
            json.writeEndObject();
        }
        try (JsonParser read = JSON.createParser(ObjectReadContext.empty(), rest.toString())) {
            return of(row, read);
        }
    }

    /** Copies what comes next, up to that property. */
    private static void copy(JsonGenerator json, JsonParser rest, String last) {
        String name = "";
        while (!name.equals(last)) {
            name = Objects.requireNonNull(rest.nextName(), last);
            json.copyCurrentStructure(rest);
        }
    }

    /** The line has one model: that which served, else that which was asked for. */
    private static Optional<Served> served(ResultSet row) throws SQLException {
        String backend = row.getString("backend");
        return backend.isEmpty() ? Optional.empty() : Optional.of(new Served(row.getString("model"), backend));
    }

    private static void served(JsonGenerator json, ResultSet row) throws SQLException {
        Optional<Served> served = served(row);
        if (served.isEmpty()) {
            json.writeNullProperty("served");
            return;
        }
        json.writeObjectPropertyStart("served");
        json.writeStringProperty("model", served.get().model());
        json.writeStringProperty("backend", served.get().backend());
        json.writeStringProperty("deployment", served.get().deployment());
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
