package io.atlas.admin;

import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.Decision;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.DecisionQuery.Mark;
import io.atlas.ledger.follow.Followed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The answers to {@code GET /admin/v1/decisions}, and to that of one of them. */
final class DecisionJson {
    private static final JsonFactory JSON = new JsonFactory();

    private DecisionJson() {}

    /** Whose decisions are listed, and how many of others are missing. */
    sealed interface Scope {
        /** Those of all nodes, but for so many of the others that are not gathered yet, as those last said. */
        record OfAll(long missingRecords) implements Scope {}

        /** Those of this node, as was asked. */
        record OfNode() implements Scope {}

        /** Those of this node, since the others cannot be asked. */
        record OthersAway() implements Scope {}
    }

    private static final String AWAY = "the lines of other nodes cannot be read now; these are of this node alone";

    static byte[] of(DecisionQuery query, DecisionPage page, Scope scope) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("from", moment(query.fromMicros()));
            json.writeStringProperty("to", moment(query.toMicros()));
            write(json, scope);
            json.writeName("rows");
            json.writeStartArray();
            page.rows().forEach(row -> write(json, row));
            json.writeEndArray();
            text(json, "next", page.next().map(DecisionJson::text));
            json.writeEndObject();
        });
    }

    /** The receipt as its tenant reads it, and behind it what only operators are told. */
    static byte[] of(Decision decision) {
        return Answer.json(json -> {
            try (JsonParser receipt = JSON.createParser(ObjectReadContext.empty(), decision.json())) {
                receipt.nextToken();
                json.writeStartObject();
                while (receipt.nextToken() != JsonToken.END_OBJECT) {
                    json.copyCurrentStructure(receipt);
                }
                json.writeNumberProperty("provider_cost_nano_usd", decision.providerCostNanoUsd());
                json.writeEndObject();
            }
        });
    }

    /** The answer to {@code GET /admin/v1/tail}. */
    static byte[] of(Followed followed, String scope, String next) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("scope", scope);
            json.writeName("rows");
            json.writeStartArray();
            followed.rows().forEach(row -> write(json, row));
            json.writeEndArray();
            json.writeStringProperty("next", next);
            json.writeBooleanProperty("more", followed.more());
            json.writeEndObject();
        });
    }

    /** What {@code before} is given to go on. */
    private static String text(Mark mark) {
        return mark.node() == 0
                ? mark.atMicros() + "-" + mark.line()
                : mark.atMicros() + "-" + mark.node() + "-" + mark.line();
    }

    private static void write(JsonGenerator json, Scope scope) {
        switch (scope) {
            case Scope.OfAll(long missing) -> {
                json.writeStringProperty("scope", "all");
                json.writeNumberProperty("missing_records", missing);
                json.writeNullProperty("incomplete");
            }
            case Scope.OfNode() -> {
                json.writeStringProperty("scope", "node");
                json.writeNumberProperty("missing_records", 0);
                json.writeNullProperty("incomplete");
            }
            case Scope.OthersAway() -> {
                json.writeStringProperty("scope", "node");
                json.writeNullProperty("missing_records");
                json.writeStringProperty("incomplete", AWAY);
            }
        }
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
