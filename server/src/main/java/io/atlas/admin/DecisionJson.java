package io.atlas.admin;

import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** The answer to {@code GET /admin/v1/decisions}. */
final class DecisionJson {
    private DecisionJson() {}

    static byte[] of(DecisionQuery query, DecisionPage page) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("from", moment(query.fromMicros()));
            json.writeStringProperty("to", moment(query.toMicros()));
            json.writeName("rows");
            json.writeStartArray();
            page.rows().forEach(row -> write(json, row));
            json.writeEndArray();
            text(json, "next", page.next().map(mark -> mark.atMicros() + "-" + mark.line()));
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, DecisionPage.Row row) {
        Caller caller = row.caller();
        json.writeStartObject();
        json.writeStringProperty("id", row.id());
        json.writeStringProperty("at", moment(row.atMicros()));
        json.writeNumberProperty("duration_us", row.durationMicros());
        json.writeStringProperty("tenant", caller.tenant());
        text(json, "team", caller.team());
        text(json, "user", caller.user());
        json.writeStringProperty("key", caller.key());
        text(json, "end_user", caller.endUser());
        json.writeStringProperty("tier", caller.tier());
        text(json, "model", row.model());
        text(json, "backend", row.backend());
        json.writeStringProperty("outcome", row.outcome());
        text(json, "reason", row.reason());
        json.writeNumberProperty("input_tokens", row.inputTokens());
        json.writeNumberProperty("output_tokens", row.outputTokens());
        json.writeNumberProperty("cost_nano_usd", row.costNanoUsd());
        json.writeNumberProperty("refused_cost_nano_usd", row.refusedNanoUsd());
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        json.writeName(name);
        value.ifPresentOrElse(json::writeString, json::writeNull);
    }

    private static String moment(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
