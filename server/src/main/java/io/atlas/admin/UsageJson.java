package io.atlas.admin;

import io.atlas.ledger.Grouping;
import io.atlas.ledger.UsageReport;
import io.atlas.ledger.UsageReport.Row;
import io.atlas.ledger.UsageReport.Sums;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The answer to {@code GET /admin/v1/usage}. */
final class UsageJson {
    private UsageJson() {}

    /**
     * The sums.
     *
     * @param scope whose lines are summed
     * @param missingRecords lines of other nodes that were not there to be summed, as those nodes last said
     */
    static byte[] of(UsageReport report, String scope, long missingRecords) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("from", moment(report.query().fromMicros()));
            json.writeStringProperty("to", moment(report.query().toMicros()));
            json.writeStringProperty("scope", scope);
            json.writeNumberProperty("missing_records", missingRecords);
            json.writeName("rows");
            json.writeStartArray();
            report.rows().forEach(row -> write(json, report.query().by(), row));
            json.writeEndArray();
            json.writeName("total");
            json.writeStartObject();
            write(json, report.total());
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, List<Grouping> by, Row row) {
        json.writeStartObject();
        for (int i = 0; i < by.size(); i++) {
            json.writeName(by.get(i).word());
            row.group().get(i).ifPresentOrElse(json::writeString, json::writeNull);
        }
        write(json, row.sums());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Sums sums) {
        json.writeNumberProperty("requests", sums.requests());
        json.writeNumberProperty("charged_requests", sums.chargedRequests());
        json.writeNumberProperty("refused", sums.refused());
        json.writeNumberProperty("replayed", sums.replayed());
        json.writeNumberProperty("input_tokens", sums.inputTokens());
        json.writeNumberProperty("cached_input_tokens", sums.cachedInputTokens());
        json.writeNumberProperty("output_tokens", sums.outputTokens());
        json.writeNumberProperty("reasoning_tokens", sums.reasoningTokens());
        json.writeNumberProperty("cost_nano_usd", sums.costNanoUsd());
        json.writeNumberProperty("credits", sums.credits());
        json.writeNumberProperty("provider_cost_nano_usd", sums.providerCostNanoUsd());
        json.writeNumberProperty("margin_nano_usd", sums.marginNanoUsd());
    }

    private static String moment(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
