package io.atlas.admin;

import io.atlas.answer.Rfc3339;
import io.atlas.reload.Standing;
import io.atlas.reload.Standing.Refused;
import io.atlas.yaml.Finding;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** The answer to {@code GET /admin/v1/configuration}. */
final class StandingJson {
    private StandingJson() {}

    static byte[] of(Standing standing) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("version", standing.version());
            json.writeStringProperty("in_force_since", Rfc3339.of(standing.sinceMicros()));
            json.writeName("refused");
            standing.refused().ifPresentOrElse(refused -> write(json, refused), json::writeNull);
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Refused refused) {
        json.writeStartObject();
        json.writeStringProperty("at", Rfc3339.of(refused.atMicros()));
        json.writeStringProperty("reason", refused.reason());
        json.writeName("findings");
        json.writeStartArray();
        refused.findings().forEach(finding -> write(json, finding));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Finding finding) {
        json.writeStartObject();
        json.writeStringProperty("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("file", finding.file());
        json.writeNumberProperty("line", finding.line());
        json.writeNumberProperty("column", finding.column());
        json.writeStringProperty("message", finding.message());
        json.writeEndObject();
    }
}
