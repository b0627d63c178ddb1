package io.atlas.answer;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Remedy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;

/** The part {@code error.atlas} of a refusal: everything that led to it, and what would help. */
public final class RefusalJson {
    private final String decision;
    private final Fault fault;
    private final Optional<Refused> refused;
    private final OptionalLong retryAfterMillis;
    private final List<Remedy> remedies;

    public RefusalJson(
            String decision,
            Fault fault,
            Optional<Refused> refused,
            OptionalLong retryAfterMillis,
            List<Remedy> remedies) {
        this.decision = decision;
        this.fault = fault;
        this.refused = refused;
        this.retryAfterMillis = retryAfterMillis;
        this.remedies = remedies;
    }

    public void write(JsonGenerator json) {
        json.writeName("atlas");
        json.writeStartObject();
        json.writeStringProperty("decision", decision);
        json.writeStringProperty("reason", fault.reason().code());
        List<Shortfall> shortfalls = refused.map(Refused::shortfalls).orElse(List.of());
        json.writeName("limits");
        json.writeStartArray();
        shortfalls.forEach(shortfall -> LimitJson.writeShort(json, shortfall.limit(), shortfall.level()));
        json.writeEndArray();
        json.writeName("limit");
        if (shortfalls.isEmpty()) {
            json.writeNull();
            json.writeNullProperty("requested");
        } else {
            Shortfall first = shortfalls.getFirst();
            LimitJson.writeShort(json, first.limit(), first.level());
            json.writeNumberProperty("requested", first.requested());
        }
        times(json);
        RemedyJson.write(json, remedies);
        json.writeEndObject();
    }

    private void times(JsonGenerator json) {
        LimitJson.number(json, "retry_after_ms", retryAfterMillis);
        Optional<String> resets = refused.filter(_ -> fault.reason() != Reason.REQUEST_EXCEEDS_LIMIT)
                .map(Refused::shortfalls)
                .map(List::getFirst)
                .filter(first -> first.limit().spec().per().isPresent())
                .map(first -> Rfc3339.of(first.level().resetsAtMicros()));
        LimitJson.text(json, "resets_at", resets);
    }
}
