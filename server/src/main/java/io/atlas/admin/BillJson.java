package io.atlas.admin;

import io.atlas.bill.BillLine;
import io.atlas.bill.Spared;
import io.atlas.bill.Statement;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.UsageReport.Sums;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** The answer to {@code GET /admin/v1/bill}. */
final class BillJson {
    private BillJson() {}

    /**
     * What is to be known of the sums.
     *
     * @param missingRecords lines of other nodes that were not there to be summed
     */
    record Standing(long nowMicros, BillResources.Scope scope, long missingRecords) {}

    static byte[] of(Statement statement, Standing standing) {
        Window whole = statement.period().whole(statement.zone());
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("tenant", statement.tenant());
            json.writeStringProperty("period", statement.period().name());
            json.writeStringProperty("zone", statement.zone().getId());
            json.writeStringProperty("from", moment(whole.startMicros()));
            json.writeStringProperty("to", moment(whole.endMicros()));
            json.writeBooleanProperty("over", whole.endMicros() <= standing.nowMicros);
            json.writeStringProperty("scope", BillResources.word(standing.scope));
            json.writeNumberProperty("missing_records", standing.missingRecords);
            json.writeName("lines");
            json.writeStartArray();
            statement.lines().forEach(line -> write(json, statement, line));
            json.writeEndArray();
            json.writeName("total");
            json.writeStartObject();
            write(json, statement.sums());
            write(json, statement.spared());
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Statement statement, BillLine line) {
        json.writeStartObject();
        json.writeStringProperty("from", moment(line.part().startMicros()));
        json.writeStringProperty("to", moment(line.part().endMicros()));
        text(json, "day", day(statement, line));
        text(json, "team", line.team());
        text(json, "model", line.model());
        text(json, "price", line.price());
        write(json, line.sums());
        write(json, line.spared());
        json.writeStringProperty("decisions", decisions(statement, line));
        json.writeEndObject();
    }

    private static Optional<String> day(Statement statement, BillLine line) {
        return line.part().equals(statement.period().whole(statement.zone()))
                ? Optional.empty()
                : Optional.of(Instant.EPOCH
                        .plus(line.part().startMicros(), ChronoUnit.MICROS)
                        .atZone(statement.zone())
                        .toLocalDate()
                        .toString());
    }

    /** Where the requests of the line are. A line without a price is of many models. */
    private static String decisions(Statement statement, BillLine line) {
        return "/admin/v1/decisions?tenant=" + part(statement.tenant())
                + "&team=" + part(line.team().orElse(DecisionQuery.NONE))
                + line.model().map(model -> "&model=" + part(model)).orElse("")
                + "&price=" + part(line.price().orElse(DecisionQuery.NONE))
                + "&from=" + moment(line.part().startMicros())
                + "&to=" + moment(line.part().endMicros());
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator json, Sums sums) {
        json.writeNumberProperty("requests", sums.requests());
        json.writeNumberProperty("charged_requests", sums.chargedRequests());
        json.writeNumberProperty("refused", sums.refused());
        json.writeNumberProperty("input_tokens", sums.inputTokens());
        json.writeNumberProperty("cached_input_tokens", sums.cachedInputTokens());
        json.writeNumberProperty("output_tokens", sums.outputTokens());
        json.writeNumberProperty("reasoning_tokens", sums.reasoningTokens());
        json.writeNumberProperty("cost_nano_usd", sums.costNanoUsd());
    }

    private static void write(JsonGenerator json, Spared spared) {
        json.writeNumberProperty("saved_by_downgrade_nano_usd", spared.byDowngradeNanoUsd());
        json.writeNumberProperty("saved_by_trim_nano_usd", spared.byTrimNanoUsd());
        json.writeNumberProperty("replayed", spared.replayed());
        json.writeNumberProperty("saved_by_replay_nano_usd", spared.byReplayNanoUsd());
        json.writeNumberProperty("refused_cost_nano_usd", spared.refusedNanoUsd());
    }

    private static void text(JsonGenerator json, String name, Optional<String> text) {
        json.writeName(name);
        text.ifPresentOrElse(json::writeString, json::writeNull);
    }

    private static String moment(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
